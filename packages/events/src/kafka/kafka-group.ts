import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isBusy } from '@plaza/db/busy';
import { Fault } from '@plaza/kernel/fault';
import { inTimeOr } from '@plaza/kernel/in-time';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { deadEvents, eventDelay } from '@plaza/telemetry/metrics';
import { traced } from '@plaza/telemetry/tracing';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { EventEnvelope } from '../envelope.js';
import type { Consumer, Taking } from '../event-bus.js';
import { DeadLetters } from './dead-letters.js';
import { Flow } from './flow.js';
import type { Messages } from './message.js';
import { Refusals } from './refusals.js';
import { makeAside, makeFacts, type TopicNames } from './topics.js';

export interface KafkaGroupOptions {
  readonly kafka: Kafka;
  readonly names: TopicNames;
  readonly messages: Messages;
  /** How often a fact is tried before it is put aside. */
  readonly tries: number;
}

/** A process that says nothing for so long has no partitions any more; others take them over. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
/** A fetch comes back with the first fact, or empty after this. */
const FETCH_MS = 500;
/** Of one partition at once: a round through all of them stays short, so that none waits long for another. */
const PARTITION_BYTES = 64 * 1_024;
const PARTITIONS_AT_ONCE = 3;
const COMMIT_MS = 1_000;
const AGAIN_MS = 1_000;
/** The group is left within this, or it finds out by itself. */
const LEAVE_MS = 3_000;

/**
 * A process of a consumer, in the group of all its processes. A fact's effect and its note in the inbox are one transaction, and only then its place in
 * the partition is said to be passed: what is brought twice, or by a process that has lost the partition and does not know it yet, finds the note.
 * Two processes at one partition wait for each other at each fact's note, so the order holds then too.
 */
export class KafkaGroup implements Taking {
  readonly #options: KafkaGroupOptions;
  readonly #consumer: Consumer;
  readonly #dead: DeadLetters;
  readonly #refusals: Refusals;
  readonly #stop = new AbortController();
  readonly #stopped = once(this.#stop.signal, 'abort').then(() => undefined);
  readonly #ended: Promise<void>;
  /** Whose facts are in a topic. */
  readonly #owners: ReadonlyMap<string, SubgraphName>;
  readonly #flow = new Flow();
  /** Whether the log has been told. */
  #isToldAway = false;

  constructor(consumer: Consumer, options: KafkaGroupOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#dead = new DeadLetters(options.kafka, options.names.dead(consumer.name));
    this.#refusals = new Refusals(options.tries);
    this.#owners = new Map(SUBGRAPH_NAMES.map((owner) => [options.names.facts(owner), owner]));
    // From 0 on: the first one is then an increase.
    deadEvents.inc({ consumer: consumer.name }, 0);
    this.#ended = this.#run();
  }

  get name(): SubgraphName {
    return this.#consumer.name;
  }

  get isAway(): boolean {
    return this.#flow.isAway;
  }

  /** Whether facts do not come now, or come late. */
  get isBehind(): boolean {
    return this.#flow.isBehind;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    this.#refusals.clear();
    await this.#dead.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await Promise.race([this.#makeTopics(), this.#stopped]);
        if (!signal.aborted) await this.#belong();
      } catch (error) {
        if (!signal.aborted) this.#note(true, error);
      }
      await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #makeTopics(): Promise<void> {
    const { kafka, names } = this.#options;
    const { name } = this.#consumer;
    const admin = kafka.admin();
    try {
      await admin.connect();
      await makeFacts(admin, [...this.#owners.keys()]);
      await makeAside(admin, [names.dead(name), names.again(name)]);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  /** Is a member of the group until that ends: by a stop, or because Kafka went away. @throws Error of what ended it. */
  async #belong(): Promise<void> {
    const { kafka, names } = this.#options;
    const member = kafka.consumer({
      groupId: names.group(this.#consumer.name),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_MS,
      maxBytesPerPartition: PARTITION_BYTES,
      allowAutoTopicCreation: false,
    });
    const crashed = new Promise<never>((_resolve, reject) => {
      member.on(member.events.CRASH, ({ payload }) => reject(payload.error));
    });
    crashed.catch(() => undefined); // also when nobody waits for it any more
    member.on(member.events.GROUP_JOIN, () => this.#note(false));
    member.on(member.events.HEARTBEAT, () => this.#flow.heard());
    try {
      await Promise.race([this.#consume(member), crashed, this.#stopped]);
      await Promise.race([crashed, this.#stopped]);
    } finally {
      await inTimeOr(undefined, member.disconnect(), LEAVE_MS);
    }
  }

  async #consume(member: KafkaConsumer): Promise<void> {
    await member.connect();
    await member.subscribe({ topics: [...this.#owners.keys(), this.#options.names.again(this.#consumer.name)], fromBeginning: true });
    await member.run({
      autoCommit: true,
      autoCommitInterval: COMMIT_MS,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#takeBatch(payload),
    });
  }

  /** Takes facts until one is refused; then the partition rests, and the others go on. */
  async #takeBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    const owner = this.#owners.get(batch.topic);
    const place = `${batch.topic}/${String(batch.partition)}`;
    for (const message of batch.messages) {
      if (this.#stop.signal.aborted || !isRunning() || isStale()) return;
      const restMs = await this.#take(message, place, owner);
      if (restMs !== null) {
        this.#refusals.rest(place, restMs, payload.pause());
        return;
      }
      resolveOffset(message.offset);
      await commitOffsetsIfNecessary();
      await heartbeat();
    }
  }

  /** Null when the fact is done with: it took effect, or is not for us, or was put aside. Else after how long it is to be tried again. */
  async #take(message: KafkaMessage, place: string, owner: SubgraphName | undefined): Promise<number | null> {
    const event = this.#options.messages.read(message);
    if (event === null) return this.#putAside(message, place, new Error('it is none of our facts'));
    if (!this.#consumer.types.includes(event.type)) return null;
    try {
      await this.#takeEffect(event, owner);
    } catch (error) {
      // What is away comes back, however long it takes: only what is refused is counted.
      if (passes(error)) return this.#refusals.wait(place);
      const restMs = this.#refusals.refused(place, event.id);
      return restMs ?? this.#putAside(message, place, error, event);
    }
    this.#refusals.taken(place);
    return null;
  }

  async #takeEffect(event: EventEnvelope, owner: SubgraphName | undefined): Promise<void> {
    const { name, take } = this.#consumer;
    await traced({ name: `${name} ${event.type}`, kind: 'server', requestId: event.id, attributes: { 'plaza.subgraph': name } }, () =>
      take([event]),
    );
    this.#flow.heard();
    // What was put aside and comes again says nothing of the way's length.
    if (owner === undefined) return;
    const ageMs = Math.max(0, Date.now() - Date.parse(event.occurredAt));
    this.#flow.took(ageMs);
    eventDelay.observe({ owner, consumer: name }, ageMs / 1_000);
  }

  async #putAside(message: KafkaMessage, place: string, error: unknown, event?: EventEnvelope): Promise<number | null> {
    const { logger, name } = this.#consumer;
    try {
      await this.#dead.put(message, `${place}/${message.offset}`, error);
    } catch {
      return this.#refusals.wait(place);
    }
    this.#refusals.taken(place);
    deadEvents.inc({ consumer: name });
    logger.error({ err: error, consumer: name, eventId: event?.id, type: event?.type }, 'an event was refused too often and put aside');
    return null;
  }

  /** A line when Kafka goes and one when it is back, none for each try. */
  #note(isAway: boolean, error?: unknown): void {
    if (isAway) this.#flow.cut();
    else this.#flow.heard();
    if (isAway === this.#isToldAway) return;
    this.#isToldAway = isAway;
    const { logger, name } = this.#consumer;
    if (isAway) logger.warn({ err: error, consumer: name }, 'Kafka is away: events are taken when it is back');
    else logger.info({ consumer: name }, 'Kafka is there again: events are taken');
  }
}

/** Whether it says that something else is away, which passes by itself. */
function passes(error: unknown): boolean {
  if (error instanceof Fault) return error.code === 'UNAVAILABLE';
  return isBusy(error) || (error instanceof Error && 'syscall' in error && error.syscall === 'connect');
}

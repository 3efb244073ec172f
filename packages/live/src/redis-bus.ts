import { randomUUID } from 'node:crypto';
import { every } from '@plaza/kernel/every';
import { within } from '@plaza/kernel/in-time';
import { standsWithin } from '@plaza/kernel/stands-within';
import { createClient } from 'redis';
import { InProcessBus } from './in-process-bus.js';
import type { Detach, LiveBus } from './live-bus.js';

export interface RedisBusOptions {
  /** `redis://` or `rediss://`, with the password in it. */
  readonly url: string;
  /** Before each channel's name, so that others may use the same Redis. */
  readonly prefix?: string;
  /** Told when Redis goes (the error) and when it is there again (null): a line each time, none for each try. */
  readonly onChange?: (error: Error | null) => void;
}

type Client = ReturnType<typeof createClient>;

/** What one process hears of a channel from the others. */
interface Subscription {
  listeners: number;
  readonly stands: Promise<void>;
}

/** How long whoever attaches waits for a Redis that hangs. It is subscribed when Redis comes back; until then hints are lost. */
const PATIENCE_MS = 2_000;
/** How often it looks whether Redis still answers: one that hangs says nothing of it. */
const LOOK_MS = 2_000;
/** Hints that may be under way to a Redis that takes nothing; further ones are lost. */
const MOST_UNDER_WAY = 10_000;

/**
 * The bus between processes, by publish and subscribe of Redis. What this process publishes it hears by itself, so that a Redis that is away
 * takes away only the others; what they have said meanwhile is lost, and when Redis is back every listener hears an empty message: look.
 */
export class RedisBus implements LiveBus {
  readonly #local = new InProcessBus();
  readonly #subscriptions = new Map<string, Subscription>();
  /** Channels that are being left: who subscribes before the client has done so would be left with it. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #self = randomUUID();
  readonly #prefix: string;
  readonly #onChange: (error: Error | null) => void;
  readonly #publisher: Client;
  readonly #subscriber: Client;
  readonly #looking: ReturnType<typeof every>;
  #underWay = 0;
  #isAway = false;
  #hearing: object | null = null;
  #isClosed = false;

  constructor({ url, prefix = 'plaza:live:', onChange = () => undefined }: RedisBusOptions) {
    this.#prefix = prefix;
    this.#onChange = onChange;
    // A hint that cannot go now is of no use later; a subscription is wanted for as long as somebody listens.
    this.#publisher = createClient({ url, disableOfflineQueue: true });
    this.#publisher.on('error', () => undefined); // the other connection tells of it
    this.#subscriber = createClient({ url });
    this.#subscriber.on('error', (error: Error) => this.#isGone(error));
    this.#subscriber.on('ready', () => this.#isBack());
    this.#looking = every(
      LOOK_MS,
      async () => this.#look(),
      () => undefined,
    );
    // They go on trying until they are let go of.
    for (const client of [this.#publisher, this.#subscriber]) void client.connect().catch(() => undefined);
  }

  /** Resolves when Redis answers, or after `withinMs` without: it goes on trying. */
  async ready(withinMs: number): Promise<void> {
    await Promise.all([this.#publisher, this.#subscriber].map(async (client) => standsWithin(client, withinMs)));
  }

  publish(channel: string, message: string): void {
    this.#local.publish(channel, message);
    if (this.#underWay >= MOST_UNDER_WAY) return;
    this.#underWay += 1;
    this.#publisher
      .publish(this.#prefix + channel, `${this.#self} ${message}`)
      .catch(() => undefined) // lost with the Redis that is away
      .finally(() => (this.#underWay -= 1));
  }

  async attach(channel: string, listener: (message: string) => void): Promise<Detach> {
    const detachLocal = await this.#local.attach(channel, listener);
    const subscription = this.#subscriptions.get(channel) ?? { listeners: 0, stands: this.#subscribe(channel) };
    subscription.listeners += 1;
    this.#subscriptions.set(channel, subscription);
    await subscription.stands;
    let isAttached = true;
    return () => {
      if (!isAttached) return;
      isAttached = false;
      detachLocal();
      subscription.listeners -= 1;
      if (subscription.listeners > 0) return;
      this.#subscriptions.delete(channel);
      this.#unsubscribe(channel);
    };
  }

  get hearing(): object | null {
    return this.#hearing;
  }

  /** How many channels somebody listens to. */
  get channels(): number {
    return this.#subscriptions.size;
  }

  /** Lets go at once; listeners hear nothing more from other processes. */
  close(): void {
    this.#isClosed = true;
    void this.#looking.stop();
    for (const client of [this.#publisher, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  /** One question is under way at most, however long its answer takes. What others said to a Redis that hung comes late, or was too much for them. */
  async #look(): Promise<void> {
    if (this.#hearing === null) return;
    const silent = setTimeout(() => (this.#hearing = null), LOOK_MS);
    try {
      await this.#publisher.ping();
      if (this.#hearing === null && this.#subscriber.isReady) this.#hearAgain();
    } catch {
      // The line broke, and says so itself.
    } finally {
      clearTimeout(silent);
    }
  }

  async #subscribe(channel: string): Promise<void> {
    const subscribed = (async () => {
      await this.#leaving.get(channel);
      if (!this.#subscriptions.has(channel)) return;
      await this.#subscriber.subscribe(this.#prefix + channel, this.#hear).catch(() => undefined);
    })();
    // While Redis is away it stands in the client's queue, and nobody waits for it.
    if (!this.#subscriber.isReady) return;
    await within(subscribed, PATIENCE_MS, () => undefined);
  }

  #unsubscribe(channel: string): void {
    const left = this.#subscriber
      .unsubscribe(this.#prefix + channel)
      .catch(() => undefined)
      .then(() => {
        if (this.#leaving.get(channel) === left) this.#leaving.delete(channel);
      });
    this.#leaving.set(channel, left);
  }

  readonly #hear = (text: string, channel: string): void => {
    const end = text.indexOf(' ');
    if (text.slice(0, end) !== this.#self) this.#local.publish(channel.slice(this.#prefix.length), text.slice(end + 1));
  };

  #isGone(error: Error): void {
    this.#hearing = null;
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    this.#onChange(error);
  }

  /** What was subscribed before stands again when the client is ready: nothing falls between when everybody looks now. */
  #isBack(): void {
    if (this.#isAway) this.#onChange(null);
    this.#isAway = false;
    this.#hearAgain();
  }

  #hearAgain(): void {
    this.#hearing = {};
    for (const channel of this.#subscriptions.keys()) this.#local.publish(channel, '');
  }
}

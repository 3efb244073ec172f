import { setTimeout as pause } from 'node:timers/promises';
import type { LiveMark } from '@plaza/calls/subgraph-port';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { faultError } from '../answer/errors.js';
import type { DoorEvent } from '../door.js';
import type { Generation } from '../generations/generation.js';
import { GUEST } from '../identity/identify.js';
import { lateEvents, openingSubscriptions, openSubscriptions } from '../metrics.js';
import type { Prepared } from '../operations/operations.js';
import type { AdmittedRequest } from '../request.js';
import { type Channel, type Member, type Place, placeOf, type SharedUpstream } from './channel.js';
import type { Channels } from './channels.js';
import type { Outlet } from './outlet.js';

/** What a subscription needs of the graph that it is asked of. */
export type LiveGraph = Pick<Generation, 'number' | 'door' | 'operations'>;

export interface LiveParts {
  readonly graphs: { readonly current: LiveGraph };
  readonly channels: Channels;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** All that are open, for whoever has something to say to each. */
  readonly subscribers: Set<Subscriber>;
}

/** Ends a subscription that the graph of now has no answer to: with what whoever asked for it anew would be told. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('The graph has no answer to this operation any more.');
    this.errors = errors;
  }
}

/** What two subscribers have in common who may share an upstream. */
interface Sharing {
  readonly key: string;
  readonly forGuest: Prepared;
}

/** An upstream of one subscriber's own. */
interface Own {
  readonly events: AsyncIterable<DoorEvent>;
  /** Whose plan completes its events. */
  readonly graph: LiveGraph;
  readonly left: AbortController;
}

/** Upstreams that break, or cannot be had, one after the other, before the subscription ends with an error. */
const MOST_BREAKS = 8;
/** After so long without a break another row of them begins. Longer than any pause within a row. */
const ROW_MS = 60_000;
/** Before the second try; twice as long before each later one. */
const FIRST_PAUSE_MS = 100;

/** Why an upstream is let go of: without a reason given, each would make an error of its own with its stack. */
const LEFT = 'left';

/**
 * One subscription of one socket, and the stream that its transport reads: one without events of its own, since they go to the outlet, that ends
 * when the subscription does. There are tens of thousands, so it keeps nothing for one that merely listens that it could make again.
 *
 * It begins with an upstream of its own: the subgraph says whether the viewer may listen, and brings what they missed. From then on it is handed
 * to the shared upstream where there may be one, and comes back when that one no longer serves it. One that breaks, or cannot look at an event
 * because a part is away, is opened anew from the last cursor: its client does not notice. Neither does it when another graph takes the place of the
 * one that it was asked of.
 */
export class Subscriber implements AsyncGenerator<ExecutionResult, void, undefined>, Member {
  readonly #parts: LiveParts;
  #graph: LiveGraph;
  #request: AdmittedRequest;
  /** Where events go. */
  readonly outlet: Outlet;
  #hasLeft = false;
  #sharing: Sharing | null;
  /** Let go of as soon as it is over: a socket may listen to the shared one for hours. */
  #own: Own | null = null;
  /** What brings everything that the client does not have yet; null when nobody knows. */
  #resume: { readonly cursor: unknown } | null = null;
  #position = Number.NEGATIVE_INFINITY;
  #breaks = 0;
  #brokeAt = 0;
  #channel: Channel | null = null;
  #sentBack: Promise<Place | null> | null = null;
  #sendBack: ((place: Place | null) => void) | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** Its upstream is of an old graph and was let go of for one of the new. */
  #isMoving = false;
  /** Set once the graph has no answer to it any more. */
  #outdated: Outdated | null = null;

  /** `graph` has admitted the request. */
  constructor(parts: LiveParts, graph: LiveGraph, request: AdmittedRequest, outlet: Outlet) {
    this.#parts = parts;
    this.#graph = graph;
    this.#request = request;
    this.outlet = outlet;
    this.#sharing = sharing(graph, request);
  }

  /** This stream; or why there is none. */
  async start(): Promise<AsyncGenerator<ExecutionResult, void, undefined> | ExecutionResult> {
    const { subscribers, graphs } = this.#parts;
    subscribers.add(this);
    // Another may have come since it was admitted.
    this.goOver(graphs.current);
    openingSubscriptions.inc();
    try {
      const refusal = this.#outdated ?? (await this.#begin());
      if (refusal !== null) {
        subscribers.delete(this);
        return refusal instanceof Outdated ? { errors: refusal.errors } : refusal;
      }
    } catch (error) {
      subscribers.delete(this);
      throw error;
    } finally {
      openingSubscriptions.dec();
    }
    openSubscriptions.inc();
    this.#ended = this.#follow();
    this.whenEnded(() => {
      openSubscriptions.dec();
      subscribers.delete(this);
    });
    return this;
  }

  /**
   * Goes on with another graph: with a plan of that one from the last cursor, without a word to the client. What has no cursor to go on from keeps the
   * plan that it has until it ends or tells of one. An operation that the graph refuses ends, {@link Outdated}.
   */
  goOver(graph: LiveGraph): void {
    if (this.#hasLeft || graph.number <= this.#graph.number) return;
    const request = graph.door.readmit(this.#request);
    this.#graph = graph;
    if (request.kind === 'refused') {
      this.#outdated = new Outdated(request.errors);
      this.#own?.left.abort(LEFT);
      this.#sendBack?.(null);
      return;
    }
    this.#request = request;
    const before = this.#sharing;
    this.#sharing = sharing(graph, request);
    if (this.#channel === null) this.#move();
    else if (this.#sharing === null || this.#sharing.key !== before?.key) this.#channel.dismiss(this);
    else this.#channel.renew(sharedUpstream(graph, this.#sharing.forGuest, request.variables));
  }

  #move(): void {
    if (this.#own === null || this.#own.graph === this.#graph || this.#resume === null) return;
    this.#isMoving = true;
    this.#own.left.abort(LEFT);
  }

  /** @returns why there is none */
  async #begin(): Promise<ExecutionResult | null> {
    const { live } = this.#request.prepared;
    const cursor = live?.cursor(this.#request.variables);
    // From now on is another moment at each beginning.
    if (live?.isLog !== true || cursor != null) this.#resume = { cursor };
    return this.#open(cursor);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    await this.#ended;
    return DONE;
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.#hasLeft = true;
    this.#own?.left.abort(LEFT);
    this.#sendBack?.(null);
    this.#forgetChannel();
    return DONE;
  }

  throw(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.return();
  }

  /** Called by the shared upstream. */
  leave(place: Place): void {
    this.#sendBack?.(place);
  }

  /** Told once, after a start: the subscription is over, however it ended. Why it ended, whoever reads the stream hears. */
  whenEnded(told: () => void): void {
    void this.#ended.then(told, told);
  }

  async #follow(): Promise<void> {
    do {
      const isBroken = await this.#read();
      const isMoving = this.#isMoving;
      this.#own = null;
      this.#isMoving = false;
      this.#mustStand();
      if (this.#sentBack === null) {
        if (isBroken || isMoving) continue;
        return;
      }
      const place = await this.#sentBack;
      this.#forgetChannel();
      this.#mustStand();
      if (place === null) return;
      this.#advance(place);
    } while (await this.#reopens());
  }

  /** @throws Outdated */
  #mustStand(): void {
    if (this.#outdated !== null && !this.#hasLeft) throw this.#outdated;
  }

  /** Until it ends, or the shared upstream has taken over. @returns whether it broke, and can be taken up again */
  async #read(): Promise<boolean> {
    if (this.#own === null) return false;
    const { events, left } = this.#own;
    try {
      for await (const { result, mark } of events) {
        if (left.signal.aborted || !this.#isListening()) return false;
        const isLate = this.#resume !== null && this.#parts.channels.isLate(mark);
        if (isLate) lateEvents.inc();
        if (isLate || (this.#resume !== null && placeOf(mark) === null && isUnlooked(result))) {
          // From the cursor on, the subgraph decides again.
          this.#broke();
          return true;
        }
        await this.outlet.send(asJson(result));
        if (placeOf(mark) === null && this.#request.prepared.live?.isLog === true) this.#resume = null;
        this.#reached(mark);
        if (left.signal.aborted) return false;
      }
    } catch (error) {
      if (left.signal.aborted) return false;
      this.#broke();
      if (this.#resume === null || this.#breaks > MOST_BREAKS) throw error;
      return true;
    } finally {
      left.abort(LEFT);
    }
    return false;
  }

  /** Opens an upstream from where the client is; false when there is nothing more to see for them. @throws Fault UNAVAILABLE */
  async #reopens(): Promise<boolean> {
    for (; this.#resume !== null; this.#broke()) {
      if (this.#breaks > MOST_BREAKS) throw unavailable('The live field');
      if (this.#breaks > 0) await pause(FIRST_PAUSE_MS * 2 ** (this.#breaks - 1) * (0.5 + Math.random() / 2));
      // What the socket has not taken yet is not added to.
      await this.outlet.drained();
      if (!this.#isListening()) return false;
      this.#mustStand();
      const refusal = await this.#open(this.#resume.cursor).catch(asRefusal);
      if (refusal === null) return true;
      if (!isAway(refusal)) return false;
    }
    return false;
  }

  /** One more in a row, unless the last was long ago: who listens for months lives through many restarts. */
  #broke(): void {
    const now = this.#parts.now();
    this.#breaks = now - this.#brokeAt > ROW_MS ? 1 : this.#breaks + 1;
    this.#brokeAt = now;
  }

  /** Never back: a place before is one that the client has passed. */
  #advance({ position, cursor }: Place): void {
    if (position < this.#position) return;
    if (position > this.#position) this.#breaks = 0;
    this.#position = position;
    this.#resume = { cursor };
  }

  /** @returns null when there is an upstream of its own now, or why there is none */
  async #open(cursor: unknown): Promise<ExecutionResult | null> {
    const { channels } = this.#parts;
    const left = new AbortController();
    let graph = this.#graph;
    const events = await channels.openings.pass(async () => {
      // Whoever went while they waited is not worth the work.
      if (!this.#isListening()) return {};
      graph = this.#graph;
      // One that was let go of may still have a word on its way: where the client is, it knows no longer.
      const onMark = (mark: LiveMark): void => {
        if (!left.signal.aborted) this.#reached(mark);
      };
      return graph.door.subscribe(this.#request, { cursor, signal: left.signal, onMark });
    });
    if (!(Symbol.asyncIterator in events)) {
      left.abort(LEFT);
      return events;
    }
    this.#own = { events, graph, left };
    // Gone, with the others already, or of no graph, before there was anything to let go of.
    if (this.#hasLeft || this.#channel !== null || this.#outdated !== null) left.abort(LEFT);
    else this.#move();
    return null;
  }

  /** Everything up to the mark is with the client: the place to join the others. */
  #reached(mark: LiveMark | undefined): void {
    const place = placeOf(mark);
    if (place !== null) this.#advance(place);
    if (place === null || this.#outdated !== null || this.#channel !== null || this.#hasLeft) return;
    if (this.#sharing === null || !this.#joins(this.#sharing, place)) this.#move();
  }

  #joins({ key, forGuest }: Sharing, place: Place): boolean {
    const sentBack = new Promise<Place | null>((resolve) => {
      this.#sendBack = resolve;
    });
    const upstream = sharedUpstream(this.#graph, forGuest, this.#request.variables);
    const channel = this.#parts.channels.join(key, this, place, upstream);
    if (channel === null) return false;
    this.#channel = channel;
    this.#sentBack = sentBack;
    this.#own?.left.abort(LEFT);
    return true;
  }

  #isListening(): boolean {
    return !this.#hasLeft && this.outlet.holds();
  }

  #forgetChannel(): void {
    this.#channel?.part(this);
    this.#channel = null;
    this.#sentBack = null;
    this.#sendBack = null;
  }
}

/** What the request shares with others; null when a guest would be denied a part of it. */
function sharing({ operations }: LiveGraph, { prepared, variables }: AdmittedRequest): Sharing | null {
  if (!prepared.isSameForAll) return null;
  const forGuest = operations.prepare(prepared.text, prepared.operationName, null);
  if (forGuest.kind === 'refused' || prepared.live === null || forGuest.planned.key !== prepared.planned.key) return null;
  return { key: `${prepared.planned.key} ${prepared.live.sameness(variables)}`, forGuest };
}

const sharedUpstream = (
  { number: generation, door }: LiveGraph,
  prepared: Prepared,
  variables: AdmittedRequest['variables'],
): SharedUpstream => ({
  generation,
  async open({ cursor }, signal, onMark) {
    const caller = { requestId: newId(), ...GUEST, address: null, userAgent: null };
    const guest: AdmittedRequest = { kind: 'admitted', caller, prepared, variables, epoch: null, waitedMs: 0 };
    const events = await door.subscribe(guest, { cursor, signal, onMark });
    return Symbol.asyncIterator in events ? events : null;
  },
});

/** Whether it says that a part is away, and not that there is nothing to be had. */
const isAway = ({ errors = [] }: ExecutionResult): boolean =>
  errors.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE' || extensions['code'] === 'INTERNAL');

/** Whether nothing is known of an event because a part was away that says who may see it: it is there still, to be asked for again. */
const isUnlooked = ({ data, errors = [] }: ExecutionResult): boolean =>
  data == null && errors.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE');

/** A planner that is too busy is away like anything else. */
function asRefusal(error: unknown): ExecutionResult {
  if (error instanceof Fault && error.code === 'UNAVAILABLE') return { errors: [faultError(error)] };
  throw error;
}

const asJson = (result: ExecutionResult): Buffer => Buffer.from(JSON.stringify(result));

const DONE = { done: true, value: undefined } as const;

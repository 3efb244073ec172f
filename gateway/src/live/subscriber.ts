import { setTimeout as pause } from 'node:timers/promises';
import type { LiveMark } from '@plaza/calls/subgraph-port';
import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { ExecutionResult } from 'graphql';
import type { Door, DoorEvent } from '../door.js';
import { openingSubscriptions, openSubscriptions } from '../metrics.js';
import { GUEST } from '../identity/identify.js';
import type { Operations, Prepared } from '../operations/operations.js';
import type { AdmittedRequest } from '../request.js';
import { type Channel, type Member, type OpenShared, type Place, placeOf } from './channel.js';
import type { Channels } from './channels.js';
import type { Outlet } from './outlet.js';

export interface LiveParts {
  readonly door: Door;
  readonly operations: Operations;
  readonly channels: Channels;
}

/** What two subscribers have in common who may share an upstream. */
interface Sharing {
  readonly key: string;
  readonly forGuest: Prepared;
}

/** An upstream of one subscriber's own. */
interface Own {
  readonly events: AsyncIterable<DoorEvent>;
  readonly left: AbortController;
}

/** Upstreams that break, or cannot be had, one after the other, before the subscription ends with an error. */
const MOST_BREAKS = 8;
/** Before the second try; twice as long before each later one. */
const FIRST_PAUSE_MS = 100;

/** Why an upstream is let go of: without a reason given, each would make an error of its own with its stack. */
const LEFT = 'left';

/**
 * One subscription of one socket, and the stream that its transport reads: one without events of its own, since they go to the outlet, that ends
 * when the subscription does. There are tens of thousands, so it keeps nothing for one that merely listens that it could make again.
 *
 * It begins with an upstream of its own: the subgraph says whether the viewer may listen, and brings what they missed. From then on it is handed
 * to the shared upstream where there may be one, and comes back when that one no longer serves it. One that breaks is opened anew from the last
 * cursor: its client does not notice.
 */
export class Subscriber implements AsyncGenerator<ExecutionResult, void, undefined>, Member {
  readonly #parts: LiveParts;
  readonly #request: AdmittedRequest;
  /** Where events go. */
  readonly outlet: Outlet;
  #hasLeft = false;
  readonly #sharing: Sharing | null;
  /** Let go of as soon as it is over: a socket may listen to the shared one for hours. */
  #own: Own | null = null;
  /** What brings everything that the client does not have yet; null when nobody knows. */
  #resume: { readonly cursor: unknown } | null = null;
  #position = Number.NEGATIVE_INFINITY;
  #breaks = 0;
  #channel: Channel | null = null;
  #sentBack: Promise<Place | null> | null = null;
  #sendBack: ((place: Place | null) => void) | null = null;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: LiveParts, request: AdmittedRequest, text: string, operationName: string | undefined, outlet: Outlet) {
    this.#parts = parts;
    this.#request = request;
    this.outlet = outlet;
    this.#sharing = request.prepared.isSameForAll ? sharing(parts, request, text, operationName) : null;
  }

  /** This stream; or why there is none. */
  async start(): Promise<AsyncGenerator<ExecutionResult, void, undefined> | ExecutionResult> {
    openingSubscriptions.inc();
    const refusal = await this.#begin().finally(() => openingSubscriptions.dec());
    if (refusal !== null) return refusal;
    openSubscriptions.inc();
    this.#ended = this.#follow();
    this.whenEnded(() => openSubscriptions.dec());
    return this;
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
      this.#own = null;
      if (this.#sentBack === null) {
        if (isBroken) continue;
        return;
      }
      const place = await this.#sentBack;
      this.#forgetChannel();
      if (place === null) return;
      this.#advance(place);
    } while (await this.#reopens());
  }

  /** Until it ends, or the shared upstream has taken over. @returns whether it broke, and can be taken up again */
  async #read(): Promise<boolean> {
    if (this.#own === null) return false;
    const { events, left } = this.#own;
    try {
      for await (const { result, mark } of events) {
        if (left.signal.aborted || !this.#isListening()) return false;
        await this.outlet.send(asJson(result));
        if (placeOf(mark) === null && this.#request.prepared.live?.isLog === true) this.#resume = null;
        this.#reached(mark);
        if (left.signal.aborted) return false;
      }
    } catch (error) {
      if (left.signal.aborted) return false;
      this.#breaks += 1;
      if (this.#resume === null || this.#breaks > MOST_BREAKS) throw error;
      return true;
    } finally {
      left.abort(LEFT);
    }
    return false;
  }

  /** Opens an upstream from where the client is; false when there is nothing more to see for them. @throws Fault UNAVAILABLE */
  async #reopens(): Promise<boolean> {
    for (; this.#resume !== null; this.#breaks += 1) {
      if (this.#breaks > MOST_BREAKS) throw unavailable('The live field');
      if (this.#breaks > 0) await pause(FIRST_PAUSE_MS * 2 ** (this.#breaks - 1) * (0.5 + Math.random() / 2));
      // What the socket has not taken yet is not added to.
      await this.outlet.drained();
      if (!this.#isListening()) return false;
      const refusal = await this.#open(this.#resume.cursor);
      if (refusal === null) return true;
      if (!isAway(refusal)) return false;
    }
    return false;
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
    const { door, channels } = this.#parts;
    const left = new AbortController();
    const events = await channels.openings.pass(async () => {
      // Whoever went while they waited is not worth the work.
      if (!this.#isListening()) return {};
      // One that was let go of may still have a word on its way: where the client is, it knows no longer.
      const onMark = (mark: LiveMark): void => {
        if (!left.signal.aborted) this.#reached(mark);
      };
      return door.subscribe(this.#request, { cursor, signal: left.signal, onMark });
    });
    if (!(Symbol.asyncIterator in events)) {
      left.abort(LEFT);
      return events;
    }
    this.#own = { events, left };
    // Gone, or with the others already, before there was anything to let go of.
    if (this.#hasLeft || this.#channel !== null) left.abort(LEFT);
    return null;
  }

  /** Everything up to the mark is with the client: the place to join the others. */
  #reached(mark: LiveMark | undefined): void {
    const place = placeOf(mark);
    if (place !== null) this.#advance(place);
    if (place === null || this.#sharing === null || this.#channel !== null || this.#hasLeft) return;
    const sentBack = new Promise<Place | null>((resolve) => {
      this.#sendBack = resolve;
    });
    const { key, forGuest } = this.#sharing;
    const channel = this.#parts.channels.join(key, this, place, openShared(this.#parts.door, forGuest, this.#request.variables));
    if (channel === null) return;
    this.#channel = channel;
    this.#sentBack = sentBack;
    this.#own?.left.abort(LEFT);
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
function sharing({ operations }: LiveParts, request: AdmittedRequest, text: string, operationName: string | undefined): Sharing | null {
  const { prepared, variables } = request;
  const forGuest = operations.prepare(text, operationName, null);
  if (forGuest.kind === 'refused' || prepared.live === null || forGuest.planned.key !== prepared.planned.key) return null;
  return { key: `${prepared.planned.key} ${prepared.live.sameness(variables)}`, forGuest };
}

const openShared =
  (door: Door, prepared: Prepared, variables: AdmittedRequest['variables']): OpenShared =>
  async ({ cursor }, signal, onMark) => {
    const caller = { requestId: newId(), ...GUEST, address: null, userAgent: null };
    const guest: AdmittedRequest = { kind: 'admitted', caller, prepared, variables, epoch: null, waitedMs: 0 };
    const events = await door.subscribe(guest, { cursor, signal, onMark });
    return Symbol.asyncIterator in events ? events : null;
  };

/** Whether it says that a part is away, and not that there is nothing to be had. */
const isAway = ({ errors = [] }: ExecutionResult): boolean =>
  errors.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE' || extensions['code'] === 'INTERNAL');

const asJson = (result: ExecutionResult): Buffer => Buffer.from(JSON.stringify(result));

const DONE = { done: true, value: undefined } as const;

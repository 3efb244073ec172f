import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LiveMark } from '@plaza/calls/subgraph-port';
import type { DoorEvent } from '../door.js';
import { lateEvents } from '../metrics.js';
import type { Blocks } from './blocks.js';
import type { Outlet } from './outlet.js';

/** A place in a log, by number and by what resumes it. */
export interface Place {
  readonly position: number;
  readonly cursor: string;
}

/** The place that a mark speaks of; null when it does not. */
export const placeOf = (mark: LiveMark | undefined): Place | null =>
  mark?.position === undefined || mark.cursor === undefined ? null : { position: mark.position, cursor: mark.cursor };

/** One who listens to a channel. */
export interface Member {
  readonly outlet: Outlet;
  /** Called once, when the channel no longer serves this member: everything after the place is theirs to get elsewhere. */
  readonly leave: (place: Place) => void;
}

/** Opens the one upstream behind a channel, for a guest. */
export type OpenShared = (place: Place, signal: AbortSignal, onMark: (mark: LiveMark) => void) => Promise<AsyncIterable<DoorEvent> | null>;

/** The one upstream of a channel, as one graph has it. */
export interface SharedUpstream {
  /** The number of the graph: a greater one is of a later graph. */
  readonly generation: number;
  readonly open: OpenShared;
}

interface Seen extends Place {
  readonly mark: LiveMark;
  readonly authors: readonly string[];
  readonly json: Buffer;
}

const ENDED = 'ended';
/** Events that are remembered for those who join. */
const REMEMBERED = 64;
/** Sends between two turns of the event loop. */
const SLICE = 1_000;
/** One event is looked at again so often for all; then each has it looked at for themselves. */
const MOST_LOOKS = 3;

/** What a channel goes by, and what becomes of it, for whoever keeps it. */
export interface ChannelRules {
  readonly blocks: Blocks;
  /** Whether what was decided of an event may hold no longer, because it was so long ago. */
  readonly isLate: (mark: LiveMark | undefined) => boolean;
  /** Called once. */
  readonly ended: () => void;
  /** What came was not for everybody: it may be a while before sharing is worth while again. */
  readonly unshared: () => void;
}

/**
 * One upstream for all sockets with the same subscription. What it does, it does one after the other: an event is with everybody before the next
 * is looked at, and whoever joins comes between two events. An event that is not the same for all, or an upstream that ends, sends the members
 * away with the place to go on from. An event that cannot be told soon after it was decided is asked for again, and with it the decision.
 */
export class Channel {
  readonly #rules: ChannelRules;
  #upstream: SharedUpstream;
  #left = new AbortController();
  #looks = 0;
  /** Each with the place up to which they have everything. */
  readonly #members = new Map<Member, Place>();
  readonly #joining = new Set<Member>();
  readonly #seen: Seen[] = [];
  /** Everything after it is remembered. */
  #horizon: Place;
  #at: Place;
  #work: Promise<void> = Promise.resolve();
  #isEnded = false;

  /** Begins at a place that somebody has reached. */
  constructor(from: Place, upstream: SharedUpstream, rules: ChannelRules) {
    this.#horizon = from;
    this.#at = from;
    this.#upstream = upstream;
    this.#rules = rules;
    this.#listen();
  }

  get size(): number {
    return this.#members.size + this.#joining.size;
  }

  /** Takes over somebody who has everything up to the place; false when it does not remember what came after it. */
  join(member: Member, place: Place): boolean {
    this.#forgetLate();
    if (this.#isEnded || place.position < this.#horizon.position) return false;
    this.#joining.add(member);
    void this.#serially(() => this.#takeIn(member, place));
    return true;
  }

  /** Forgets a member who has left. */
  part(member: Member): void {
    this.#members.delete(member);
    this.#joining.delete(member);
    if (this.size === 0) this.#end();
  }

  /** Sends a member away who is no longer one of the equal. */
  dismiss(member: Member): void {
    void this.#serially(async () => this.#sendAway(member, this.#at));
  }

  /** Goes on with the upstream of a later graph, from where it is; its members notice nothing. */
  renew(upstream: SharedUpstream): void {
    if (upstream.generation <= this.#upstream.generation) return;
    this.#upstream = upstream;
    void this.#serially(async () => this.#relisten());
  }

  #relisten(): void {
    if (this.#isEnded) return;
    this.#left.abort(ENDED);
    this.#left = new AbortController();
    this.#listen();
  }

  #listen(): void {
    const { signal } = this.#left;
    void this.#run(signal)
      .catch(() => undefined)
      .then(() =>
        this.#serially(async () => {
          if (!signal.aborted) this.#fail();
        }),
      );
  }

  /** What an upstream says after it was let go of is nothing: where the channel is, it knows no longer. */
  async #run(signal: AbortSignal): Promise<void> {
    const ifHeard = (work: () => void | Promise<void>): Promise<void> =>
      this.#serially(async () => {
        if (!signal.aborted) await work();
      });
    const events = await this.#upstream.open(this.#at, signal, (mark) => void ifHeard(() => this.#skip(mark)));
    if (events === null) return;
    for await (const event of events) {
      if (signal.aborted) return;
      await ifHeard(() => this.#take(event));
    }
  }

  async #take({ result, mark }: DoorEvent): Promise<void> {
    const place = placeOf(mark);
    if (mark === undefined || place === null) {
      this.#fail();
      return;
    }
    if (place.position <= this.#at.position) return;
    const json = Buffer.from(JSON.stringify(result));
    const before = this.#at;
    this.#at = place;
    const { authors } = mark;
    const blocked = authors === undefined ? null : await this.#rules.blocks.deafTo(authors, mark.heard).catch(() => null);
    if (authors === undefined || blocked === null) this.#rules.unshared();
    // Where there is nobody to be left out by name, a guest sees what this upstream sees, whoever else sees something else.
    const isTold = await this.#tell(json, mark, place, before, blocked);
    if (!isTold) {
      this.#lookAgain(before);
      return;
    }
    this.#looks = 0;
    if (authors === undefined || blocked === null) this.#forget(place);
    else this.#remember({ ...place, mark, authors, json });
  }

  #remember(event: Seen): void {
    this.#seen.push(event);
    if (this.#seen.length > REMEMBERED) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#seen.shift();
    if (oldest !== undefined) this.#horizon = { position: oldest.position, cursor: oldest.cursor };
  }

  /** Whoever lacks one of these has it decided for themselves. */
  #forgetLate(): void {
    while (this.#rules.isLate(this.#seen[0]?.mark)) this.#forgetOldest();
  }

  /** Asks for everything after the place once more. */
  #lookAgain(place: Place): void {
    lateEvents.inc();
    this.#at = place;
    this.#looks += 1;
    if (this.#looks > MOST_LOOKS) this.#fail();
    else this.#relisten();
  }

  /** Something happened that a guest is told nothing of: others may be. */
  #skip(mark: LiveMark): void {
    const place = placeOf(mark);
    if (this.#isEnded || place === null || place.position <= this.#at.position) return;
    const before = this.#at;
    this.#at = place;
    // Whose doing it is says that nobody is told.
    if (mark.authors !== undefined) return;
    this.#rules.unshared();
    this.#forget(place);
    for (const [member, has] of this.#members)
      if (member.outlet.viewerId !== null && has.position < place.position) this.#sendAway(member, before);
  }

  /** `blocked` null: the event is for guests alone. @returns whether it still could be told to the last of them */
  async #tell(json: Buffer, mark: LiveMark, place: Place, before: Place, blocked: ReadonlySet<string> | null): Promise<boolean> {
    if (this.#rules.isLate(mark)) return false;
    let told = 0;
    for (const [member, has] of this.#members) {
      if (place.position <= has.position || !this.#members.has(member)) continue;
      this.#tellOne(member, json, place, before, blocked);
      told += 1;
      if (told % SLICE !== 0) continue;
      await nextTurn();
      if (this.#rules.isLate(mark)) return false;
    }
    return true;
  }

  #tellOne(member: Member, json: Buffer, place: Place, before: Place, blocked: ReadonlySet<string> | null): void {
    const { outlet } = member;
    if (!outlet.holds()) return;
    const { viewerId } = outlet;
    if (viewerId !== null && blocked === null) this.#sendAway(member, before);
    else if ((viewerId !== null && blocked?.has(viewerId) === true) || outlet.offer(json)) this.#members.set(member, place);
    else this.#sendAway(member, before);
  }

  async #takeIn(member: Member, place: Place): Promise<void> {
    if (!this.#joining.delete(member)) return;
    this.#members.set(member, place);
    if (this.#isEnded || place.position < this.#horizon.position) {
      this.#sendAway(member, place);
      return;
    }
    let before = place;
    for (const event of this.#seen.filter(({ position }) => position > place.position)) {
      const blocked = await this.#rules.blocks.deafTo(event.authors, event.mark.heard).catch(() => null);
      if (!this.#members.has(member)) return;
      if (this.#rules.isLate(event.mark)) {
        this.#sendAway(member, before);
        return;
      }
      const { position, cursor } = event;
      this.#tellOne(member, event.json, { position, cursor }, before, blocked);
      before = { position, cursor };
    }
  }

  /** To go on from the place, or from a later one that the member has reached elsewhere. */
  #sendAway(member: Member, place: Place): void {
    const has = this.#members.get(member);
    if (has === undefined) return;
    this.#members.delete(member);
    member.leave(has.position > place.position ? has : place);
    if (this.size === 0) this.#end();
  }

  #forget(place: Place): void {
    this.#seen.length = 0;
    this.#horizon = place;
  }

  #fail(): void {
    if (!this.#isEnded) this.#rules.unshared();
    this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#left.abort(ENDED);
    this.#rules.ended();
    for (const member of this.#members.keys()) this.#sendAway(member, this.#at);
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }
}

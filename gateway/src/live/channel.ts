import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LiveMark } from '@plaza/calls/subgraph-port';
import type { DoorEvent } from '../door.js';
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

interface Seen extends Place {
  readonly authors: readonly string[];
  readonly heard: string | undefined;
  readonly json: Buffer;
}

const ENDED = 'ended';
/** Events that are remembered for those who join. */
const REMEMBERED = 64;
/** Sends between two turns of the event loop. */
const SLICE = 1_000;

/** What becomes of a channel, for whoever keeps it. */
export interface ChannelEvents {
  /** Called once. */
  readonly ended: () => void;
  /** What came was not for everybody: it may be a while before sharing is worth while again. */
  readonly unshared: () => void;
}

/**
 * One upstream for all sockets with the same subscription. What it does, it does one after the other: an event is with everybody before the next
 * is looked at, and whoever joins comes between two events. An event that is not the same for all, or an upstream that ends, sends the members
 * away with the place to go on from.
 */
export class Channel {
  readonly #blocks: Blocks;
  readonly #on: ChannelEvents;
  readonly #left = new AbortController();
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
  constructor(from: Place, open: OpenShared, blocks: Blocks, on: ChannelEvents) {
    this.#horizon = from;
    this.#at = from;
    this.#blocks = blocks;
    this.#on = on;
    void this.#run(open)
      .catch(() => undefined)
      .then(() => this.#serially(async () => this.#fail()));
  }

  get size(): number {
    return this.#members.size + this.#joining.size;
  }

  /** Takes over somebody who has everything up to the place; false when it does not remember what came after it. */
  join(member: Member, place: Place): boolean {
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

  async #run(open: OpenShared): Promise<void> {
    const events = await open(this.#at, this.#left.signal, (mark) => void this.#serially(async () => this.#skip(mark)));
    if (events === null) return;
    for await (const event of events) {
      if (this.#isEnded) return;
      await this.#serially(() => this.#take(event));
    }
  }

  async #take({ result, mark }: DoorEvent): Promise<void> {
    const place = placeOf(mark);
    if (place === null) {
      this.#fail();
      return;
    }
    if (place.position <= this.#at.position) return;
    const json = Buffer.from(JSON.stringify(result));
    const before = this.#at;
    this.#at = place;
    const authors = mark?.authors;
    const blocked = authors === undefined ? null : await this.#blocks.deafTo(authors, mark?.heard).catch(() => null);
    if (authors === undefined || blocked === null) {
      this.#on.unshared();
      // A guest sees what this upstream sees, whoever else sees something else.
      await this.#tell(json, place, before, null);
      this.#forget(place);
      return;
    }
    this.#seen.push({ ...place, authors, heard: mark?.heard, json });
    const oldest = this.#seen.length > REMEMBERED ? this.#seen.shift() : undefined;
    if (oldest !== undefined) this.#horizon = { position: oldest.position, cursor: oldest.cursor };
    await this.#tell(json, place, before, blocked);
  }

  /** Something happened that a guest is told nothing of: others may be. */
  #skip(mark: LiveMark): void {
    const place = placeOf(mark);
    if (this.#isEnded || place === null || place.position <= this.#at.position) return;
    const before = this.#at;
    this.#at = place;
    // Whose doing it is says that nobody is told.
    if (mark.authors !== undefined) return;
    this.#on.unshared();
    this.#forget(place);
    for (const [member, has] of this.#members)
      if (member.outlet.viewerId !== null && has.position < place.position) this.#sendAway(member, before);
  }

  /** `blocked` null: the event is for guests alone. */
  async #tell(json: Buffer, place: Place, before: Place, blocked: ReadonlySet<string> | null): Promise<void> {
    let told = 0;
    for (const [member, has] of this.#members) {
      if (place.position <= has.position || !this.#members.has(member)) continue;
      this.#tellOne(member, json, place, before, blocked);
      told += 1;
      if (told % SLICE === 0) await nextTurn();
    }
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
      const blocked = await this.#blocks.deafTo(event.authors, event.heard).catch(() => null);
      if (!this.#members.has(member)) return;
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
    if (!this.#isEnded) this.#on.unshared();
    this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#left.abort(ENDED);
    this.#on.ended();
    for (const member of this.#members.keys()) this.#sendAway(member, this.#at);
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }
}

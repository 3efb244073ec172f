import { setTimeout as pause } from 'node:timers/promises';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { LRUCache } from 'lru-cache';

/** A person with the epoch that is known of them, null for none. */
export interface KnownBlocks {
  readonly userId: string;
  readonly epoch: number | null;
}

/** What was read of blocks and mutes. */
export interface BlocksRead {
  /** Everybody who blocks a person or is blocked by them; `otherIds` is null where the known epoch still holds. */
  readonly users: readonly { readonly userId: string; readonly epoch: number; readonly otherIds: readonly string[] | null }[];
  /** Everybody who mutes a person; whom nobody mutes is left out. */
  readonly muters: readonly { readonly userId: string; readonly muterIds: readonly string[] }[];
}

/** @throws Fault UNAVAILABLE */
export type ReadBlocks = (users: readonly KnownBlocks[], heardIds: readonly string[]) => Promise<BlocksRead>;

/** People whose blocks are remembered. */
const KEPT_PEOPLE = 10_000;
/** Ids in all their sets. */
const KEPT_IDS = 2_000_000;
const TRIES = 3;
const PAUSE_MS = 200;

interface Found {
  readonly blocked: ReadonlyMap<string, ReadonlySet<string>>;
  readonly muters: ReadonlyMap<string, ReadonlySet<string>>;
}

const NOBODY: ReadonlySet<string> = new Set();

interface Known {
  readonly epoch: number;
  readonly others: ReadonlySet<string>;
}

/** Who is to be told nothing of whom, as of the moment of asking: an epoch is read for each question, a set of blocks only when its epoch rose. */
export class Blocks {
  readonly #read: ReadBlocks;
  readonly #count = cacheCount('blocks');
  readonly #known = new LRUCache<string, Known>({ max: KEPT_PEOPLE, maxSize: KEPT_IDS, sizeCalculation: ({ others }) => others.size + 1 });
  /** Questions that wait for the reading under way to end, so that theirs begins after they were asked. */
  #next: { readonly ids: Set<string>; readonly heard: Set<string>; readonly answer: Promise<Found> } | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(read: ReadBlocks) {
    this.#read = read;
  }

  /** Everybody in a block with one of the authors, and everybody who mutes the one who is heard. @throws Fault UNAVAILABLE */
  async deafTo(authors: readonly string[], heard: string | undefined): Promise<ReadonlySet<string>> {
    const { blocked, muters } = await this.#ask(authors, heard);
    const sets = [...authors.map((id) => blocked.get(id)), ...(heard === undefined ? [] : [muters.get(heard)])];
    const [only = NOBODY, ...more] = sets.filter((set) => set !== undefined && set.size > 0);
    return more.length === 0 ? only : new Set([only, ...more].flatMap((set) => [...(set ?? [])]));
  }

  #ask(userIds: readonly string[], heardId: string | undefined): Promise<Found> {
    if (this.#next === null) {
      const ids = new Set<string>();
      const heard = new Set<string>();
      const answer = this.#running.then(() => {
        this.#next = null;
        return this.#readAll([...ids], [...heard]);
      });
      this.#running = answer.catch(() => undefined);
      this.#next = { ids, heard, answer };
    }
    for (const id of userIds) this.#next.ids.add(id);
    if (heardId !== undefined) this.#next.heard.add(heardId);
    return this.#next.answer;
  }

  async #readAll(ids: readonly string[], heardIds: readonly string[]): Promise<Found> {
    const before = new Map(ids.map((id) => [id, this.#known.get(id)]));
    const blocked = new Map<string, ReadonlySet<string>>();
    const read = await this.#tried(
      ids.map((userId) => ({ userId, epoch: before.get(userId)?.epoch ?? null })),
      heardIds,
    );
    for (const { userId, epoch, otherIds } of read.users) {
      const others = otherIds === null ? (before.get(userId)?.others ?? new Set<string>()) : new Set(otherIds);
      this.#count[otherIds === null ? 'hits' : 'misses'] += 1;
      if (otherIds !== null) this.#known.set(userId, { epoch, others });
      blocked.set(userId, others);
    }
    return { blocked, muters: new Map(read.muters.map(({ userId, muterIds }) => [userId, new Set(muterIds)])) };
  }

  async #tried(users: readonly KnownBlocks[], heardIds: readonly string[]): Promise<BlocksRead> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.#read(users, heardIds);
      } catch (error) {
        if (tried === TRIES) throw error;
        await pause(PAUSE_MS * tried);
      }
    }
  }
}

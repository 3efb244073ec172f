import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/** A person with the epoch that is known of them, null for none. */
export interface KnownBlocks {
  readonly userId: string;
  readonly epoch: number | null;
}

/** Everybody who blocks a person or is blocked by them; `otherIds` is null where the known epoch still holds. @throws Fault UNAVAILABLE */
export type ReadBlocks = (
  users: readonly KnownBlocks[],
) => Promise<readonly { readonly userId: string; readonly epoch: number; readonly otherIds: readonly string[] | null }[]>;

/** People whose blocks are remembered. */
const KEPT_PEOPLE = 10_000;
/** Ids in all their sets. */
const KEPT_IDS = 2_000_000;
const TRIES = 3;
const PAUSE_MS = 200;

interface Known {
  readonly epoch: number;
  readonly others: ReadonlySet<string>;
}

/** Who stands in a block with whom, as of the moment of asking: an epoch is read for each question, a set only when its epoch rose. */
export class Blocks {
  readonly #read: ReadBlocks;
  readonly #known = new LRUCache<string, Known>({ max: KEPT_PEOPLE, maxSize: KEPT_IDS, sizeCalculation: ({ others }) => others.size + 1 });
  /** Questions that wait for the reading under way to end, so that theirs begins after they were asked. */
  #next: { readonly ids: Set<string>; readonly answer: Promise<ReadonlyMap<string, ReadonlySet<string>>> } | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(read: ReadBlocks) {
    this.#read = read;
  }

  /** Everybody in a block with one of these people. @throws Fault UNAVAILABLE */
  async with(userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const [only, ...more] = userIds;
    if (only === undefined) return new Set();
    const sets = await this.#ask(userIds);
    if (more.length === 0) return sets.get(only) ?? new Set();
    return new Set(userIds.flatMap((id) => [...(sets.get(id) ?? [])]));
  }

  #ask(userIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    if (this.#next === null) {
      const ids = new Set<string>();
      const answer = this.#running.then(() => {
        this.#next = null;
        return this.#readAll([...ids]);
      });
      this.#running = answer.catch(() => undefined);
      this.#next = { ids, answer };
    }
    for (const id of userIds) this.#next.ids.add(id);
    return this.#next.answer;
  }

  async #readAll(ids: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const before = new Map(ids.map((id) => [id, this.#known.get(id)]));
    const found = new Map<string, ReadonlySet<string>>();
    for (const { userId, epoch, otherIds } of await this.#tried(
      ids.map((userId) => ({ userId, epoch: before.get(userId)?.epoch ?? null })),
    )) {
      const others = otherIds === null ? (before.get(userId)?.others ?? new Set<string>()) : new Set(otherIds);
      if (otherIds !== null) this.#known.set(userId, { epoch, others });
      found.set(userId, others);
    }
    return found;
  }

  async #tried(users: readonly KnownBlocks[]): ReturnType<ReadBlocks> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.#read(users);
      } catch (error) {
        if (tried === TRIES) throw error;
        await pause(PAUSE_MS * tried);
      }
    }
  }
}

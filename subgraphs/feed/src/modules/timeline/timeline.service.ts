import type { Database, Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { FeedConfig } from '../../config.js';
import { becomeWriter } from './intake.js';
import type { ClockStore } from './clock.store.js';
import type { LiveLog } from './live-log.service.js';
import type { Task, TaskStore } from './task.store.js';
import type { Pair, TimelineStore } from './timeline.store.js';

const DAY_MS = 86_400_000;
/** Writers keep a timeline a day longer than readers rely on it, so that two clocks need not agree. */
const MARGIN_DAYS = 1;
/** Entries that one slice of an actor's change of mode looks at, about. */
const PAIRS_PER_SLICE = 20_000;
/** So many entries a new timeline begins with: it grows by what comes, and who pages further back is served by look-up. */
const FIRST_BUILD = 200;
/** Part of the capacity that a trim leaves. */
const KEPT_BY_TRIM = 0.9;

/** Brings the timelines after what changed in the read models, one task or slice of a task at a time. */
export class TimelineService {
  readonly #database: Database<unknown>;
  readonly #tasks: TaskStore;
  readonly #store: TimelineStore;
  readonly #numbers: ClockStore;
  readonly #live: LiveLog;
  readonly #config: FeedConfig;
  readonly #clock: Clock;

  constructor(
    database: Database<unknown>,
    tasks: TaskStore,
    store: TimelineStore,
    numbers: ClockStore,
    live: LiveLog,
    config: FeedConfig,
    clock: Clock,
  ) {
    this.#database = database;
    this.#tasks = tasks;
    this.#store = store;
    this.#numbers = numbers;
    this.#live = live;
    this.#config = config;
    this.#clock = clock;
  }

  /** Does the next piece of work; false when there was none. */
  async step(): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      await becomeWriter(tx);
      const task = await this.#tasks.next(tx);
      if (task === null) return false;
      const afterId = await this.#work(tx, task);
      if (afterId === null) await this.#tasks.remove(tx, task.id);
      else await this.#tasks.moveOn(tx, task.id, afterId);
      return true;
    });
  }

  /** Returns the last reader of a slice when more follow, null when the task is done. */
  async #work(tx: Tx, task: Task): Promise<string | null> {
    switch (task.kind) {
      case 'POST':
        return this.#post(tx, task);
      case 'FOLLOW':
        await this.#actor(tx, [task.userId], task.actorId, true);
        if (!task.isDirect) await this.#live.touchFollow(tx, await this.#place(tx, task.number), task.userId, task.actorId);
        return null;
      case 'READER':
        await this.#build(tx, [task.userId]);
        return null;
      case 'ACTOR':
        return this.#followers(tx, task);
    }
  }

  async #post(tx: Tx, task: Task & { readonly kind: 'POST' }): Promise<string | null> {
    const { readersPerSlice } = this.#config;
    const readers = await this.#store.readersOfPost(tx, task.postId, task.actorId, task.afterId, this.#seenSince(), readersPerSlice);
    await this.#refresh(
      tx,
      readers.map((userId) => ({ userId, postId: task.postId })),
    );
    const { postId, actorId, number } = task;
    const kind = task.isEdit === true ? 'EDIT' : 'TOUCH';
    const place = await this.#place(tx, number);
    await this.#live.touchReaders(tx, place, postId, kind, readers);
    // Who is pulled only since then has told nobody.
    if (task.afterId === null) await this.#live.touchActors(tx, place, { postId, actorId, kind }, number);
    return readers.length < readersPerSlice ? null : (readers.at(-1) ?? null);
  }

  async #followers(tx: Tx, task: Task & { readonly kind: 'ACTOR' }): Promise<string | null> {
    const { timelineCapacity } = this.#config;
    const size = Math.max(1, Math.floor(PAIRS_PER_SLICE / timelineCapacity));
    const readers = await this.#store.readersOfActor(tx, task.actorId, task.afterId, this.#seenSince(), size);
    const isPushed = (await this.#store.modeOf(tx, task.actorId)) === 'PUSH';
    await this.#actor(tx, readers, task.actorId, isPushed);
    this.#live.wakeReaders(tx, readers);
    return readers.length < size ? null : (readers.at(-1) ?? null);
  }

  /** What stands there because of the actor may have to go; what the actor brings, if pushed, may have to come; and what is kept out by it. */
  async #actor(tx: Tx, readers: readonly string[], actorId: string, isPushed: boolean): Promise<void> {
    const { timelineCapacity } = this.#config;
    const concerned = await this.#store.concernedBy(tx, readers, actorId);
    const brought = isPushed ? await this.#store.broughtBy(tx, readers, actorId, timelineCapacity) : [];
    const counts = new Map<string, number>();
    for (const { userId } of brought) counts.set(userId, (counts.get(userId) ?? 0) + 1);
    // Who is brought more than a timeline holds gets a new one: its horizon has to come up.
    const flooded = new Set([...counts].filter(([, count]) => count >= timelineCapacity).map(([userId]) => userId));
    await this.#refresh(
      tx,
      distinct([...concerned, ...brought]).filter(({ userId }) => !flooded.has(userId)),
    );
    await this.#build(tx, [...flooded]);
  }

  /** Takes the clock, so call it last. */
  async #place(tx: Tx, upto: number) {
    return { number: await this.#numbers.tick(tx), upto };
  }

  async #refresh(tx: Tx, pairs: readonly Pair[]): Promise<void> {
    if (pairs.length === 0) return;
    const full = await this.#store.refresh(tx, pairs, this.#config.timelineCapacity);
    await this.#trim(tx, full);
  }

  async #build(tx: Tx, readers: readonly string[]): Promise<void> {
    const { timelineCapacity } = this.#config;
    if (readers.length === 0) return;
    // Twice the capacity, because several may bring one post.
    const size = { first: Math.min(FIRST_BUILD, timelineCapacity), most: 2 * timelineCapacity };
    for (const userId of readers) await this.#store.build(tx, userId, this.#clock.now(), size);
    await this.#trim(tx, await this.#store.fullOnes(tx, readers, timelineCapacity + 1));
  }

  async #trim(tx: Tx, full: readonly string[]): Promise<void> {
    if (full.length > 0) await this.#store.trim(tx, full, Math.max(1, Math.floor(this.#config.timelineCapacity * KEPT_BY_TRIM)));
  }

  #seenSince(): Date {
    return new Date(this.#clock.now().getTime() - (this.#config.keepReaderDays + MARGIN_DAYS) * DAY_MS);
  }
}

/** refresh() writes each entry once: the same pair twice in one statement would be an error. */
function distinct(pairs: readonly Pair[]): readonly Pair[] {
  return [...new Map(pairs.map((pair) => [`${pair.userId} ${pair.postId}`, pair])).values()];
}

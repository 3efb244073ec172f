import type { Tx } from '@plaza/db/database';
import type { FeedConfig } from '../../config.js';
import { nextMode } from './fanout.policy.js';
import type { ClockStore } from './clock.store.js';
import type { FollowFacts, GraphStore, Standing } from './graph.store.js';
import type { LiveLog } from './live-log.service.js';
import type { TaskStore } from './task.store.js';

/** Keeps the copy of the follow graph, decides who is pushed, and leaves the timelines the work that follows. */
export class GraphService {
  readonly #graph: GraphStore;
  readonly #tasks: TaskStore;
  readonly #clock: ClockStore;
  readonly #live: LiveLog;
  readonly #config: FeedConfig;

  constructor(graph: GraphStore, tasks: TaskStore, clock: ClockStore, live: LiveLog, config: FeedConfig) {
    this.#graph = graph;
    this.#tasks = tasks;
    this.#clock = clock;
    this.#live = live;
    this.#config = config;
  }

  /** A follow is there, with these options. */
  async follow(tx: Tx, follow: FollowFacts): Promise<void> {
    // That row is ours: authors follow themselves here.
    if (follow.followerId === follow.followeeId) return;
    const { followerId, followeeId } = follow;
    await this.#change(tx, followerId, followeeId, () => this.#graph.putFollow(tx, follow));
  }

  async unfollow(tx: Tx, followerId: string, followeeId: string): Promise<void> {
    if (followerId === followeeId) return;
    await this.#change(tx, followerId, followeeId, () => this.#graph.deleteFollow(tx, followerId, followeeId));
  }

  /** Feeds show at once what pulled actors bring, so live logs tell it at once; the rest when the task is done. */
  async #change(tx: Tx, followerId: string, followeeId: string, change: () => Promise<Standing | null>): Promise<void> {
    const number = await this.#clock.tick(tx);
    const isDirect = await this.#graph.pulls(tx, followeeId);
    await this.#judge(tx, followeeId, await change());
    await this.#tasks.add(tx, { kind: 'FOLLOW', userId: followerId, actorId: followeeId, number, isDirect });
    if (isDirect) await this.#live.touchFollow(tx, { number, upto: null }, followerId, followeeId);
  }

  /** After a start with another threshold, or with counts made anew: everyone's mode as it is to be now. */
  async judgeAll(tx: Tx): Promise<void> {
    await this.#clock.tick(tx);
    for (const { authorId, ...standing } of await this.#graph.standingsFrom(tx, this.#config.pushMaxFollowers))
      await this.#judge(tx, authorId, standing);
  }

  async #judge(tx: Tx, actorId: string, standing: Standing | null): Promise<void> {
    if (standing === null) return;
    const mode = nextMode(standing.mode, standing.followerCount, this.#config.pushMaxFollowers);
    if (mode === standing.mode) return;
    await this.#graph.setMode(tx, actorId, mode);
    await this.#tasks.add(tx, { kind: 'ACTOR', actorId });
  }
}

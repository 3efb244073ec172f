import type { Tx } from '@plaza/db/database';
import type { FeedConfig } from '../../config.js';
import { nextMode } from './fanout.policy.js';
import type { FollowFacts, GraphStore, Standing } from './graph.store.js';
import type { TaskStore } from './task.store.js';

/** Keeps the copy of the follow graph, decides who is pushed, and leaves the timelines the work that follows. */
export class GraphService {
  readonly #graph: GraphStore;
  readonly #tasks: TaskStore;
  readonly #config: FeedConfig;

  constructor(graph: GraphStore, tasks: TaskStore, config: FeedConfig) {
    this.#graph = graph;
    this.#tasks = tasks;
    this.#config = config;
  }

  /** A follow is there, with these options. */
  async follow(tx: Tx, follow: FollowFacts): Promise<void> {
    // That row is ours: authors follow themselves here.
    if (follow.followerId === follow.followeeId) return;
    await this.#judge(tx, follow.followeeId, await this.#graph.putFollow(tx, follow));
    await this.#tasks.add(tx, { kind: 'FOLLOW', userId: follow.followerId, actorId: follow.followeeId });
  }

  async unfollow(tx: Tx, followerId: string, followeeId: string): Promise<void> {
    if (followerId === followeeId) return;
    await this.#judge(tx, followeeId, await this.#graph.deleteFollow(tx, followerId, followeeId));
    await this.#tasks.add(tx, { kind: 'FOLLOW', userId: followerId, actorId: followeeId });
  }

  /** After a start with another threshold, or with counts made anew: everyone's mode as it is to be now. */
  async judgeAll(tx: Tx): Promise<void> {
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

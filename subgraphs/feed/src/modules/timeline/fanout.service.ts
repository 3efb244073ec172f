import type { Database } from '@plaza/db/database';
import type { FeedConfig } from '../../config.js';
import type { FanoutMode } from './fanout.policy.js';
import type { GraphStore } from './graph.store.js';

/** How an actor is fanned out, and why. */
export interface Fanout {
  readonly mode: FanoutMode;
  readonly followerCount: number;
  readonly threshold: number;
}

/** Tells how actors are fanned out. */
export class FanoutService {
  readonly #database: Database<unknown>;
  readonly #graph: GraphStore;
  readonly #config: FeedConfig;

  constructor(database: Database<unknown>, graph: GraphStore, config: FeedConfig) {
    this.#database = database;
    this.#graph = graph;
    this.#config = config;
  }

  async of(actorId: string): Promise<Fanout> {
    const standing = await this.#graph.standing(this.#database, actorId);
    return { ...standing, threshold: this.#config.pushMaxFollowers };
  }
}

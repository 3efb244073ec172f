import type { Database, Tx } from '@plaza/db/database';
import { followChanged, followCreated, followRemoved, followRequestClosed, followRequested } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { Looker } from '../../looker.js';
import type { EpochStore } from './epoch.store.js';
import type { FollowOptions, FollowRow, FollowStore } from './follow.store.js';
import { lockRelation } from './relation-lock.store.js';
import { type CheckedOutcome, DONE, MISSING, type Outcome } from './relation.outcome.js';
import { canFollow, checkFollow } from './relation.policy.js';
import type { StandingStore } from './standing.store.js';
import type { FollowEdge, UserStatStore } from './user-stat.store.js';

export interface FollowParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly follows: FollowStore;
  readonly standings: StandingStore;
  readonly epochs: EpochStore;
  readonly stats: UserStatStore;
}

/** Follows and requests: state, counts, epochs and events change in one transaction. */
export class FollowService {
  readonly #parts: FollowParts;

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  async follow(looker: Looker, userId: string, options: FollowOptions): Promise<CheckedOutcome> {
    const [sight, account] = await Promise.all([looker.people.sight(userId), looker.accounts.load(userId)]);
    if (!canFollow(sight)) return MISSING;
    const fields = checkFollow(looker.viewerId, userId, options);
    if (fields.length > 0) return { kind: 'invalid', fields };
    const edge = { followerId: looker.viewerId, followeeId: userId };
    const wanted = { ...options, languages: [...new Set(options.languages)] };
    return this.#change(edge, async (tx) => {
      const pair = await this.#parts.standings.inTx(tx, looker.viewerId, userId);
      if (pair.blocks || pair.isBlockedBy) return MISSING;
      if (pair.isFollowing) await this.#changeOptions(tx, edge, wanted);
      else if (account?.isLocked === true) await this.#request(tx, edge, wanted);
      else await this.#begin(tx, edge, wanted, pair.isFollowedBy);
      return DONE;
    });
  }

  async unfollow(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    return this.#end({ followerId: looker.viewerId, followeeId: userId });
  }

  async removeFollower(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    return this.#end({ followerId: userId, followeeId: looker.viewerId });
  }

  async cancelRequest(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    return this.#close({ followerId: looker.viewerId, followeeId: userId });
  }

  async rejectRequest(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    return this.#close({ followerId: userId, followeeId: looker.viewerId });
  }

  /** Missing without a request; done again for one who was accepted before. */
  async acceptRequest(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    const edge = { followerId: userId, followeeId: looker.viewerId };
    return this.#change(edge, async (tx) => {
      const pair = await this.#parts.standings.inTx(tx, userId, looker.viewerId);
      if (pair.isFollowing) return DONE;
      const options = await this.#parts.follows.closeRequest(tx, edge);
      if (options === null) return MISSING;
      await this.#parts.outbox.append(tx, followRequestClosed, edge);
      await this.#begin(tx, edge, options, pair.isFollowedBy);
      return DONE;
    });
  }

  async #changeOptions(tx: Tx, edge: FollowEdge, options: FollowOptions): Promise<void> {
    const changed = await this.#parts.follows.change(tx, edge, options);
    if (changed !== null) await this.#parts.outbox.append(tx, followChanged, factOf(changed));
  }

  async #request(tx: Tx, edge: FollowEdge, options: FollowOptions): Promise<void> {
    if (await this.#parts.follows.request(tx, edge, options)) await this.#parts.outbox.append(tx, followRequested, edge);
  }

  async #begin(tx: Tx, edge: FollowEdge, options: FollowOptions, becomesMutual: boolean): Promise<void> {
    const { follows, outbox, epochs, stats } = this.#parts;
    // Somebody who was asked while locked and is no longer.
    if ((await follows.closeRequest(tx, edge)) !== null) await outbox.append(tx, followRequestClosed, edge);
    const row = await follows.insert(tx, edge, options);
    await outbox.append(tx, followCreated, factOf(row));
    await epochs.raise(tx, becomesMutual ? [edge.followerId, edge.followeeId] : [edge.followerId]);
    await stats.began(tx, edge);
  }

  async #end(edge: FollowEdge): Promise<Outcome> {
    const { follows, standings, outbox, epochs, stats } = this.#parts;
    return this.#change(edge, async (tx) => {
      if (!(await follows.delete(tx, edge))) return DONE;
      const { isFollowedBy: wasMutual } = await standings.inTx(tx, edge.followerId, edge.followeeId);
      await outbox.append(tx, followRemoved, edge);
      await epochs.raise(tx, wasMutual ? [edge.followerId, edge.followeeId] : [edge.followerId]);
      await stats.ended(tx, [edge]);
      return DONE;
    });
  }

  async #close(edge: FollowEdge): Promise<Outcome> {
    return this.#change(edge, async (tx) => {
      if ((await this.#parts.follows.closeRequest(tx, edge)) !== null) await this.#parts.outbox.append(tx, followRequestClosed, edge);
      return DONE;
    });
  }

  /** The events of a follow are its follower's. */
  #change<T>({ followerId, followeeId }: FollowEdge, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#parts.database.transaction(async (tx) => {
      await lockRelation(tx, [followerId, followeeId], [followerId]);
      return work(tx);
    });
  }
}

const factOf = ({ followerId, followeeId, reposts, languages, createdAt }: FollowRow) => ({
  followerId,
  followeeId,
  reposts,
  languages: [...languages],
  createdAt: createdAt.toISOString(),
});

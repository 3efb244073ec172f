import type { Database, Tx } from '@plaza/db/database';
import { blockCreated, blockRemoved, followRemoved, followRequestClosed } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { Looker } from '../../looker.js';
import type { BlockStore } from './block.store.js';
import type { EpochStore } from './epoch.store.js';
import type { FollowStore } from './follow.store.js';
import { lockRelation } from './relation-lock.store.js';
import { type CheckedOutcome, DONE, MISSING, type Outcome } from './relation.outcome.js';
import { checkBlock } from './relation.policy.js';
import type { StandingStore } from './standing.store.js';
import type { FollowEdge, UserStatStore } from './user-stat.store.js';

export interface BlockParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly blocks: BlockStore;
  readonly follows: FollowStore;
  readonly standings: StandingStore;
  readonly epochs: EpochStore;
  readonly stats: UserStatStore;
}

/** Blocks. They end follows and requests both ways; likes and comments stay and are hidden by the rules of visibility. */
export class BlockService {
  readonly #parts: BlockParts;

  constructor(parts: BlockParts) {
    this.#parts = parts;
  }

  async block(looker: Looker, userId: string): Promise<CheckedOutcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    const fields = checkBlock(looker.viewerId, userId);
    if (fields.length > 0) return { kind: 'invalid', fields };
    const { standings, blocks, outbox, epochs, stats } = this.#parts;
    return this.#change(looker.viewerId, userId, async (tx) => {
      const pair = await standings.inTx(tx, looker.viewerId, userId);
      if (pair.isBlockedBy) return MISSING;
      if (pair.blocks) return DONE;
      await blocks.insert(tx, looker.viewerId, userId);
      const ended = await this.#sever(tx, looker.viewerId, userId);
      await outbox.append(tx, blockCreated, { blockerId: looker.viewerId, blockedId: userId });
      await epochs.raise(tx, [looker.viewerId, userId]);
      if (ended.length > 0) await stats.ended(tx, ended);
      return DONE;
    });
  }

  async unblock(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    const { blocks, outbox, epochs } = this.#parts;
    return this.#change(looker.viewerId, userId, async (tx) => {
      if (!(await blocks.delete(tx, looker.viewerId, userId))) return DONE;
      await outbox.append(tx, blockRemoved, { blockerId: looker.viewerId, blockedId: userId });
      await epochs.raise(tx, [looker.viewerId, userId]);
      return DONE;
    });
  }

  async #sever(tx: Tx, a: string, b: string): Promise<readonly FollowEdge[]> {
    const { follows, outbox } = this.#parts;
    const ended: FollowEdge[] = [];
    for (const edge of [
      { followerId: a, followeeId: b },
      { followerId: b, followeeId: a },
    ]) {
      if ((await follows.closeRequest(tx, edge)) !== null) await outbox.append(tx, followRequestClosed, edge);
      if (!(await follows.delete(tx, edge))) continue;
      await outbox.append(tx, followRemoved, edge);
      ended.push(edge);
    }
    return ended;
  }

  /** A block may write events of both. */
  #change<T>(viewerId: string, userId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#parts.database.transaction(async (tx) => {
      await lockRelation(tx, [viewerId, userId], [viewerId, userId]);
      return work(tx);
    });
  }
}

import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { muteCreated, muteRemoved } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { Looker } from '../../looker.js';
import type { EpochStore } from './epoch.store.js';
import type { MuteStore } from './mute.store.js';
import { lockRelation } from './relation-lock.store.js';
import { type CheckedOutcome, DONE, MISSING, type Outcome } from './relation.outcome.js';
import { checkMute } from './relation.policy.js';

export interface MuteParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly mutes: MuteStore;
  readonly epochs: EpochStore;
  readonly clock: Clock;
}

/** Mutes: the muter's own business. Their events go to feed alone, which takes what the muter has on the screen away. */
export class MuteService {
  readonly #parts: MuteParts;

  constructor(parts: MuteParts) {
    this.#parts = parts;
  }

  async mute(looker: Looker, userId: string, durationSeconds: number | null): Promise<CheckedOutcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    const fields = checkMute(looker.viewerId, userId, durationSeconds);
    if (fields.length > 0) return { kind: 'invalid', fields };
    const { database, outbox, mutes, epochs, clock } = this.#parts;
    const expiresAt = durationSeconds === null ? null : new Date(clock.now().getTime() + durationSeconds * 1_000);
    return database.transaction(async (tx) => {
      await lockRelation(tx, [looker.viewerId, userId], [looker.viewerId]);
      await mutes.put(tx, looker.viewerId, userId, expiresAt);
      await outbox.append(tx, muteCreated, { muterId: looker.viewerId, mutedId: userId });
      await epochs.raise(tx, [looker.viewerId]);
      return DONE;
    });
  }

  async unmute(looker: Looker, userId: string): Promise<Outcome> {
    if (!canSeeUser(await looker.people.sight(userId))) return MISSING;
    const { database, outbox, mutes, epochs } = this.#parts;
    return database.transaction(async (tx) => {
      await lockRelation(tx, [looker.viewerId, userId], [looker.viewerId]);
      if (!(await mutes.delete(tx, looker.viewerId, userId))) return DONE;
      await outbox.append(tx, muteRemoved, { muterId: looker.viewerId, mutedId: userId });
      await epochs.raise(tx, [looker.viewerId]);
      return DONE;
    });
  }
}

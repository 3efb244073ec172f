import { on, type Reaction } from '@plaza/events/consumer';
import { blockCreated, blockRemoved, muteCreated, muteRemoved } from '@plaza/events/contracts/social.events';
import type { ClockStore } from '../modules/timeline/clock.store.js';
import { enterIntake } from '../modules/timeline/intake.js';
import type { LiveLog } from '../modules/timeline/live-log.service.js';

/**
 * Who blocks and who is blocked lose what others brought of each other; what they brought themselves goes with their follows. Who mutes loses both.
 * Feeds need no copy of blocks and mutes: they ask social. Only who has a feed open must be told.
 */
export function onBlockEvents(clock: ClockStore, live: LiveLog): readonly Reaction[] {
  return [
    on(blockCreated, async ({ blockerId, blockedId }, tx) => {
      await enterIntake(tx, blockerId);
      const place = { number: await clock.tick(tx), upto: null };
      await live.touchPostsOf(tx, place, blockedId, blockerId, 'BY_OTHERS');
      await live.touchPostsOf(tx, place, blockerId, blockedId, 'BY_OTHERS');
    }),
    on(blockRemoved, async ({ blockerId, blockedId }, tx) => {
      await enterIntake(tx, blockerId);
      const place = { number: await clock.tick(tx), upto: null };
      await live.resync(tx, place, blockerId);
      await live.resync(tx, place, blockedId);
    }),
    on(muteCreated, async ({ muterId, mutedId }, tx) => {
      await enterIntake(tx, muterId);
      await live.touchPostsOf(tx, { number: await clock.tick(tx), upto: null }, mutedId, muterId);
    }),
    on(muteRemoved, async ({ muterId }, tx) => {
      await enterIntake(tx, muterId);
      await live.resync(tx, { number: await clock.tick(tx), upto: null }, muterId);
    }),
  ];
}

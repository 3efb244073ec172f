import { on, type Reaction } from '@plaza/events/consumer';
import { followRequestClosed, followRequested } from '@plaza/events/contracts/social.events';
import type { AskStore } from '../modules/suggestion/ask.store.js';
import { enterIntake } from '../modules/timeline/intake.js';

/** Whoever was asked is not suggested while the request waits. Repeats change nothing. */
export function onFollowRequestEvents(asks: AskStore): readonly Reaction[] {
  return [
    on(followRequested, async (ask, tx) => {
      await enterIntake(tx, ask.followerId);
      await asks.put(tx, ask);
    }),
    on(followRequestClosed, async (ask, tx) => {
      await enterIntake(tx, ask.followerId);
      await asks.delete(tx, ask);
    }),
  ];
}

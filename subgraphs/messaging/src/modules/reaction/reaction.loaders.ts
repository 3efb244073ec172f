import DataLoader from 'dataloader';
import type { MessagePlace } from '../message/message.store.js';
import type { ReactionRow, ReactionStore } from './reaction.store.js';

const keyOf = ({ conversationId, seq }: MessagePlace): string => `${conversationId} ${seq}`;

/** What one request reads of what is under messages. */
export const reactionLoaders = (viewerId: string | null, reactions: ReactionStore) => ({
  reactions: new DataLoader<MessagePlace, readonly ReactionRow[], string>(
    async (places) => {
      const rows = viewerId === null ? [] : await reactions.byPlaces(viewerId, places);
      const under = new Map<string, ReactionRow[]>();
      for (const row of rows) under.set(keyOf(row), [...(under.get(keyOf(row)) ?? []), row]);
      return places.map((place) => under.get(keyOf(place)) ?? []);
    },
    { cacheKeyFn: keyOf },
  ),
});

export type ReactionLoaders = ReturnType<typeof reactionLoaders>;

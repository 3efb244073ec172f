import DataLoader from 'dataloader';
import type { MessagePlace } from '../message/message.store.js';
import type { HiddenStore } from './hidden.store.js';
import type { RevisionRow, RevisionStore } from './revision.store.js';

const keyOf = ({ conversationId, seq }: MessagePlace): string => `${conversationId} ${seq}`;

/** What one request reads of how messages were before, and of what its viewer has deleted for themselves. */
export const revisionLoaders = (viewerId: string | null, revisions: RevisionStore, hidden: HiddenStore) => ({
  revisions: new DataLoader<MessagePlace, readonly RevisionRow[], string>(
    async (places) => {
      const rows = await revisions.byPlaces(places);
      return places.map((place) => rows.filter((row) => keyOf(row) === keyOf(place)));
    },
    { cacheKeyFn: keyOf },
  ),
  isHidden: new DataLoader<MessagePlace, boolean, string>(
    async (places) => {
      const found = viewerId === null ? [] : await hidden.byPlaces(viewerId, places);
      const keys = new Set(found.map(keyOf));
      return places.map((place) => keys.has(keyOf(place)));
    },
    { cacheKeyFn: keyOf },
  ),
});

export type RevisionLoaders = ReturnType<typeof revisionLoaders>;

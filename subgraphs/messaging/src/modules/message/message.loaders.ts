import type { Asker } from '@plaza/calls/call-client';
import { argumentLoaders } from '@plaza/db/argument-loaders';
import { byKey } from '@plaza/db/loaders';
import DataLoader from 'dataloader';
import { windowOf } from '../../window.js';
import type { SeenConversation } from '../conversation/conversation.store.js';
import { type MessagePage, stretchOf } from './message-page.js';
import type { MessageService, Shared } from './message.service.js';
import { type MessagePlace, type MessageRow, type MessageStore, placeKey } from './message.store.js';

export const sharedKey = ({ kind, id }: Shared): string => `${kind} ${id}`;

/** What one request reads of messages: those of conversations that its viewer sees, as far as they see them. */
export function messageLoaders(
  asker: Asker,
  messages: MessageStore,
  service: MessageService,
  conversation: { load(id: string): Promise<SeenConversation | null> },
  /** What the viewer has deleted for themselves. */
  isHidden: { load(place: MessagePlace): Promise<boolean> },
) {
  const isIn = async ({ conversationId, seq }: MessagePlace): Promise<boolean> => {
    const seen = await conversation.load(conversationId);
    if (seen === null) return false;
    const { since, end } = windowOf(seen);
    return seq > since && seq <= end && !(await isHidden.load({ conversationId, seq }));
  };
  const seenOnly = async (rows: readonly MessageRow[]): Promise<readonly MessageRow[]> => {
    const isSeen = await Promise.all(rows.map(isIn));
    return rows.filter((_, index) => isSeen[index]);
  };
  return {
    messageById: byKey<string, MessageRow>(
      async (ids) => seenOnly(await messages.byIds(ids)),
      ({ id }) => id,
    ),
    messageAt: new DataLoader<MessagePlace, MessageRow | null, string>(
      async (places) => {
        const rows = new Map((await seenOnly(await messages.byPlaces(places))).map((row) => [placeKey(row), row]));
        return places.map((place) => rows.get(placeKey(place)) ?? null);
      },
      { cacheKeyFn: placeKey },
    ),
    messages: argumentLoaders<MessagePage, readonly MessageRow[]>(async (ids, page) => {
      const seen = (await Promise.all(ids.map((id) => conversation.load(id)))).filter((one) => one !== null);
      const stretches = seen.map((one) => ({ conversationId: one.id, ...stretchOf(page, windowOf(one)) }));
      const rows = page.size === 0 ? [] : await messages.within(stretches, page.size, page.isBackwards);
      return ids.map((id) => rows.filter(({ conversationId }) => conversationId === id));
    }),
    isShareable: new DataLoader<Shared, boolean, string>(
      async (things) => {
        const visible = new Set((await service.shareable(things, asker)).map(sharedKey));
        return things.map((thing) => visible.has(sharedKey(thing)));
      },
      { cacheKeyFn: sharedKey },
    ),
  };
}

export type MessageLoaders = ReturnType<typeof messageLoaders>;

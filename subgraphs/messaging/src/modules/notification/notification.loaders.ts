import type { Asker, CallClient } from '@plaza/calls/call-client';
import { MAX_IDS_PER_CALL } from '@plaza/calls/call-contract';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { People } from '@plaza/calls/people';
import { argumentLoaders } from '@plaza/db/argument-loaders';
import { type FullPage, fullPages } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import { byKey } from '@plaza/db/loaders';
import { Fault } from '@plaza/kernel/fault';
import type { Keyset, PageRequest } from '@plaza/kernel/page';
import { belongsInLists, canSeeUser } from '@plaza/visibility/can-see';
import DataLoader from 'dataloader';
import { type NotificationEyes, seenNotifications } from './notification.seen.js';
import type { ActorRow, NotificationRow, NotificationStore } from './notification.store.js';
import type { PreferenceStore } from './preference.store.js';
import type { RequestRow, RequestStore } from './request.store.js';

export interface NotificationLoaderParts {
  readonly notifications: NotificationStore;
  readonly requests: RequestStore;
  readonly preferences: PreferenceStore;
  readonly calls: CallClient;
}

/** So many unread ones are looked at with today's rules to be counted; beyond them people do not look at the number either. */
const LOOKED_AT = 50;

/** What one request reads of notifications: the viewer's own, as far as they may see them now. */
export function notificationLoaders(asker: Asker, people: People, parts: NotificationLoaderParts) {
  const { notifications, requests, preferences, calls } = parts;
  const posts = new DataLoader<string, boolean>(
    async (postIds) => {
      const seen = new Set((await calls.ask(visiblePosts, { postIds: [...postIds] }, asker)).posts.map(({ postId }) => postId));
      return postIds.map((id) => seen.has(id));
    },
    { maxBatchSize: MAX_IDS_PER_CALL },
  );
  const actors = argumentLoaders<PageRequest, FullPage<ActorRow, Keyset>>((ids, page) =>
    fullPages(ids, page, {
      read: (asks, limit) => notifications.actors(asks, limit),
      ownerOf: ({ ownerId }) => ownerId,
      positionOf: keysetOf,
      keep: async (rows) => {
        const sights = await people.sights(rows.map(({ id }) => id));
        return rows.filter(({ id }) => {
          const sight = sights.get(id);
          return sight !== undefined && belongsInLists(sight);
        });
      },
    }),
  );
  const eyes: NotificationEyes = {
    posts,
    hasActor: async (id) => (await actors({ first: 1, after: null }, id)).items.length > 0,
  };
  return {
    /** Null: not there, not the viewer's, or about what they may not see. */
    notification: new DataLoader<string, NotificationRow | null>(async (ids) => {
      const rows = (await notifications.byIds(ids)).filter(({ ownerId }) => ownerId === asker.viewer?.id);
      const seen = new Map((await seenNotifications(rows, eyes)).map((row) => [row.id, row]));
      return ids.map((id) => seen.get(id) ?? null);
    }),
    notifications: argumentLoaders<PageRequest, FullPage<NotificationRow, Keyset>>((userIds, page) =>
      fullPages(userIds, page, {
        read: (asks, limit) => notifications.page(asks, limit),
        ownerOf: ({ ownerId }) => ownerId,
        positionOf: keysetOf,
        keep: (rows) => seenNotifications(rows, eyes),
      }),
    ),
    /** Those whom the viewer may see of who did it. */
    notificationActors: actors,
    notificationRequests: argumentLoaders<PageRequest, FullPage<RequestRow, Keyset>>((userIds, page) =>
      fullPages(userIds, page, {
        read: (asks, limit) => requests.page(asks, limit),
        ownerOf: ({ ownerId }) => ownerId,
        positionOf: keysetOf,
        keep: async (rows) => {
          const sights = await people.sights(rows.map(({ id }) => id));
          return rows.filter(({ id }) => {
            const sight = sights.get(id);
            return sight !== undefined && canSeeUser(sight);
          });
        },
      }),
    ),
    unreadNotifications: new DataLoader<string, number>(async (userIds) => {
      const rows = await notifications.unreadRows(userIds, LOOKED_AT + 1);
      const of = (userId: string, some: readonly NotificationRow[]) => some.filter(({ ownerId }) => ownerId === userId).length;
      const many = userIds.filter((id) => of(id, rows) > LOOKED_AT);
      const few = rows.filter(({ ownerId }) => !many.includes(ownerId));
      // While nobody can say what is hidden, all counts.
      const seen = await seenNotifications(few, eyes).catch((error: unknown) => {
        if (error instanceof Fault && error.code === 'UNAVAILABLE') return few;
        throw error;
      });
      const counted = new Map(many.length === 0 ? [] : (await notifications.unread(many)).map(({ userId, count }) => [userId, count]));
      return userIds.map((id) => counted.get(id) ?? of(id, seen));
    }),
    notificationSetting: byKey(
      (userIds: readonly string[]) => preferences.settings(userIds),
      ({ userId }) => userId,
    ),
  };
}

export type NotificationLoaders = ReturnType<typeof notificationLoaders>;

import type { ViewerClaims } from '@plaza/auth/assertion';
import { byKey } from '@plaza/db/loaders';
import { belongsInLists } from '@plaza/visibility/can-see';
import DataLoader from 'dataloader';
import { argumentLoaders } from '@plaza/db/argument-loaders';
import { type FullPage, fullPages } from '@plaza/db/full-pages';
import type { CommentPosition, CommentSort } from './comment.cursor.js';
import { type CommentEyes, seeComment } from './comment.sight.js';
import type { CommentRow, CommentStore } from './comment.store.js';

export interface CommentPageRequest {
  readonly sort: CommentSort;
  readonly first: number;
  readonly after: CommentPosition | null;
}

export type CommentPage = FullPage<CommentRow, CommentPosition>;

export interface CommentLoaders {
  /** Null: missing or hidden. */
  readonly seen: DataLoader<string, CommentRow | null>;
  /** The comments under a post or a comment that the viewer may see, without those of people who are hidden or muted. */
  readonly under: (page: CommentPageRequest, parentId: string) => Promise<CommentPage>;
  readonly likedByViewer: DataLoader<string, boolean>;
}

export const positionOf = ({ likeCount, createdAt, id }: CommentRow): CommentPosition => ({ likes: likeCount, at: createdAt, id });

export function commentLoaders(viewer: ViewerClaims | null, store: CommentStore, eyes: CommentEyes): CommentLoaders {
  const rows = byKey<string, CommentRow>(
    (ids) => store.byIds(ids),
    ({ id }) => id,
  );
  return {
    seen: new DataLoader((ids) => Promise.all(ids.map(async (id) => (await seeComment(await rows.load(id), eyes))?.comment ?? null))),
    under: argumentLoaders((parentIds, { sort, first, after }) =>
      fullPages(
        parentIds,
        { first, after },
        {
          read: (asks, limit) => store.under(asks, sort, limit),
          ownerOf: ({ parentId }) => parentId,
          positionOf,
          keep: async (found) => {
            const sights = await eyes.people.sights(found.map(({ authorId }) => authorId));
            return found.filter(({ authorId }) => {
              const sight = sights.get(authorId);
              return sight !== undefined && belongsInLists(sight);
            });
          },
        },
      ),
    ),
    likedByViewer: new DataLoader(async (ids) => {
      const liked = new Set(viewer === null ? [] : await store.liked(viewer.id, ids));
      return ids.map((id) => liked.has(id));
    }),
  };
}

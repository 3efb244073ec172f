import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import { z } from 'zod';

/** Where a reader of a post's activity is. */
export interface ActivityPosition {
  readonly position: number;
  /** Up to here likes were told: later ones up to `position` were left out for one that is still to come. */
  readonly likes: number;
}

const sealed = z.object({ seq: z.int().nonnegative(), likes: z.int().nonnegative() });

const streamOf = (postId: string): string => `post ${postId}`;

/** The same for every viewer, so that one result can serve many; who may see what is decided anew for each event. */
export const sealActivityCursor = (cursors: SealedCursors, postId: string, { position, likes }: ActivityPosition): string =>
  cursors.seal(streamOf(postId), null, { seq: position, likes });

/** Null for what is no cursor of this post's activity. */
export function openActivityCursor(cursors: SealedCursors, postId: string, cursor: string): ActivityPosition | null {
  const { data } = sealed.safeParse(cursors.open(streamOf(postId), null, cursor));
  return data === undefined ? null : { position: data.seq, likes: data.likes };
}

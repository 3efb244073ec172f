import { fromTypeId } from '@plaza/kernel/type-id';
import type { DraftMedia } from './post.policy.js';

interface MediaInput {
  readonly mediaId: string;
  readonly altText?: string | null | undefined;
}

/** Ids of the graph become UUIDs; what is no id of its kind becomes null, as if it were missing. */
export const draftMedia = (media: readonly MediaInput[]): readonly DraftMedia[] =>
  media.map(({ mediaId, altText }) => ({ mediaId: fromTypeId('media', mediaId), altText: altText ?? undefined }));

export const draftProducts = (ids: readonly string[]): readonly (string | null)[] => ids.map((id) => fromTypeId('product', id));

import type { Audience } from '@plaza/visibility/can-see';

/** An entity of a text as it is kept: who is meant was settled when the text was written. */
export type StoredEntity =
  | { readonly kind: 'mention'; readonly start: number; readonly end: number; readonly userId: string }
  | { readonly kind: 'hashtag'; readonly start: number; readonly end: number; readonly name: string }
  | { readonly kind: 'link'; readonly start: number; readonly end: number; readonly url: string };

/** A post that is not deleted, with everything that its fields need. */
export interface PostRow {
  readonly id: string;
  readonly authorId: string;
  readonly revision: number;
  readonly text: string;
  readonly entities: readonly StoredEntity[];
  readonly audience: Audience;
  readonly contentWarning: string | null;
  readonly isSensitive: boolean;
  readonly language: string | null;
  /** In the author's order. */
  readonly mediaIds: readonly string[];
  /** In the author's order. */
  readonly productIds: readonly string[];
  readonly createdAt: Date;
  readonly editedAt: Date | null;
}

export interface RevisionRow {
  readonly postId: string;
  readonly number: number;
  readonly text: string;
  readonly contentWarning: string | null;
  readonly createdAt: Date;
}

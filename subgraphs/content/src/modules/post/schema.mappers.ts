import type { PostRow, RevisionRow, StoredEntity } from './post.row.js';

export type PostMapper = PostRow;
export type PostRevisionMapper = RevisionRow;
export type MentionEntityMapper = Extract<StoredEntity, { kind: 'mention' }>;
export type HashtagEntityMapper = Extract<StoredEntity, { kind: 'hashtag' }>;
export type LinkEntityMapper = Extract<StoredEntity, { kind: 'link' }>;

/** A person by UUID: accounts knows the rest. */
export interface UserMapper {
  readonly id: string;
}

/** A product by UUID: commerce knows the rest. */
export interface ProductMapper {
  readonly id: string;
}

import type { postPublished } from '@plaza/events/contracts/content.events';
import type { PayloadOf } from '@plaza/events/event-contract';
import type { PostRow } from './post.row.js';

/** What the facts about a post say of it. */
export function postFact(
  post: Omit<PostRow, 'mediaIds' | 'productIds'>,
  mentionedUserIds: readonly string[],
): PayloadOf<typeof postPublished> {
  const { id: postId, authorId, revision, audience, language, createdAt } = post;
  return { postId, authorId, revision, audience, language, createdAt: createdAt.toISOString(), mentionedUserIds: [...mentionedUserIds] };
}

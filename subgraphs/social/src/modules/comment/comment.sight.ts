import type { People } from '@plaza/calls/people';
import { canSeeWorkOf } from '@plaza/visibility/can-see';
import type { VisiblePost } from '../../looker.js';
import type { CommentRow } from './comment.store.js';

/** What it takes to say whether a comment exists for the viewer. */
export interface CommentEyes {
  readonly people: People;
  readonly posts: { load(postId: string): Promise<VisiblePost | null> };
}

/** A comment that exists for the viewer, and its post. */
export interface SeenComment {
  readonly comment: CommentRow;
  readonly post: VisiblePost;
}

/** A comment exists for whoever may see its post and what its author makes. A mute hides it only in lists. Null: missing or hidden. */
export async function seeComment(comment: CommentRow | null, { people, posts }: CommentEyes): Promise<SeenComment | null> {
  if (comment === null) return null;
  const [post, sight] = await Promise.all([posts.load(comment.postId), people.sight(comment.authorId)]);
  return post !== null && canSeeWorkOf(sight) ? { comment, post } : null;
}

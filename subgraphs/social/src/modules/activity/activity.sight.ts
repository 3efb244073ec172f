import type { People } from '@plaza/calls/people';
import { belongsInLists, canSeePost, type Sight } from '@plaza/visibility/can-see';
import { STRANGERS } from '@plaza/visibility/relation';
import type { VisiblePost } from '../../looker.js';
import type { CommentRow } from '../comment/comment.store.js';
import type { ActivityEvent } from './activity.event.js';
import type { Liker } from './activity.store.js';

/** What it takes to say what a subscriber is told of an event. */
export interface ActivityEyes {
  readonly people: People;
  /** Null: missing or hidden. */
  readonly posts: { load(postId: string): Promise<VisiblePost | null> };
  readonly comments: { load(commentId: string): Promise<CommentRow | null> };
  /** The likes and unlikes between two positions of a post's log, the newest first. */
  readonly likers: (postId: string, since: number, upto: number) => Promise<readonly Liker[]>;
}

/** What a subscriber is told. */
export type Told =
  | (Liker & { readonly likeCount: number })
  | { readonly kind: 'COMMENT_ADDED' | 'COMMENT_EDITED'; readonly comment: CommentRow; readonly commentCount: number }
  | { readonly kind: 'COMMENT_DELETED'; readonly commentId: string; readonly commentCount: number }
  | { readonly kind: 'RESYNC'; readonly reason: 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' };

export type Seen =
  | {
      readonly kind: 'seen';
      /** Null: nothing. */
      readonly told: Told | null;
      /** Given where everybody sees the same as a guest, those apart who are in a block with one of these. */
      readonly authors?: readonly string[];
      /** Beside `authors`: who is heard, by all but those who mute them. */
      readonly heard?: string;
    }
  /** The post exists for them no more. */
  | { readonly kind: 'over' };

/** An event with the rules of the moment. */
export async function seeActivity({ postId, line, likesBefore }: ActivityEvent, eyes: ActivityEyes): Promise<Seen> {
  const post = await eyes.posts.load(postId);
  if (post === null) return { kind: 'over' };
  switch (line.kind) {
    case 'LOOK':
      return seen(null, post, null, eyes);
    case 'RESYNC':
      return { kind: 'seen', told: { kind: line.kind, reason: line.reason } };
    case 'POST_LIKED':
    case 'POST_UNLIKED': {
      const { kind, actorId, position } = line;
      const liker = await seenLiker(postId, { kind, actorId, position }, likesBefore, eyes);
      return seen(liker && { ...liker, likeCount: line.likeCount }, post, liker?.actorId ?? actorId, eyes);
    }
    case 'COMMENT_ADDED':
    case 'COMMENT_EDITED': {
      const { kind, actorId, commentId, commentCount } = line;
      const comment = commentId === null ? null : await eyes.comments.load(commentId);
      if (comment?.isDeleted === true) return seen(null, post, null, eyes);
      const told = comment === null || !(await isHeard(actorId, eyes)) ? null : { kind, comment, commentCount };
      return seen(told, post, actorId, eyes);
    }
    case 'COMMENT_DELETED': {
      const { kind, actorId, commentId, commentCount } = line;
      const told = commentId === null || !(await isHeard(actorId, eyes)) ? null : { kind, commentId, commentCount };
      return seen(told, post, actorId, eyes);
    }
  }
}

const isHeard = async (actorId: string, { people }: ActivityEyes): Promise<boolean> => belongsInLists(await people.sight(actorId));

/** The newest of the likes that the line stands for by somebody whom the viewer may hear of. */
async function seenLiker(
  postId: string,
  line: Liker & { readonly position: number },
  likesBefore: number,
  eyes: ActivityEyes,
): Promise<Liker | null> {
  const { kind, actorId } = line;
  if (await isHeard(actorId, eyes)) return { kind, actorId };
  if (likesBefore >= line.position - 1) return null;
  const likers = await eyes.likers(postId, likesBefore, line.position);
  const sights = await eyes.people.sights(likers.map(({ actorId }) => actorId));
  return likers.find(({ actorId }) => isIn(sights.get(actorId))) ?? null;
}

const isIn = (sight: Sight | undefined): boolean => sight !== undefined && belongsInLists(sight);

/** @param actorId null where nobody is told anything */
async function seen(told: Told | null, post: VisiblePost, actorId: string | null, { people }: ActivityEyes): Promise<Seen> {
  const authors = actorId === null ? [post.authorId] : [...new Set([post.authorId, actorId])];
  const [author, actor] = await Promise.all([people.sight(post.authorId), people.sight(actorId ?? post.authorId)]);
  const isForGuests = canSeePost(asGuest(author), post.audience) && belongsInLists(asGuest(actor));
  return { kind: 'seen', told, ...(isForGuests ? { authors, ...(actorId === null ? {} : { heard: actorId }) } : {}) };
}

const asGuest = (sight: Sight): Sight => ({ ...sight, viewerId: null, relation: STRANGERS });

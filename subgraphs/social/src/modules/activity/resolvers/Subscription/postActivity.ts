import { badUserInput } from '@plaza/kernel/fault';
import { markLive, NothingToTell } from '@plaza/subgraph/live-event';
import type { Context } from '../../../../context.js';
import { idOf, uuidOf } from '../../../../results.js';
import type { ResolversTypes, SubscriptionResolvers } from '../../../types.generated.js';
import { openActivityCursor, sealActivityCursor } from '../../../../posts/activity.cursor.js';
import type { ActivityEvent } from '../../activity.event.js';
import { seeActivity, type Seen, type Told } from '../../activity.sight.js';

type Shown = ResolversTypes['PostActivity'];

export const postActivity: NonNullable<SubscriptionResolvers['postActivity']> = {
  async subscribe(_parent, { postId: id, after }, ctx) {
    const postId = uuidOf('post', id);
    if ((await ctx.loaders.post.visible.load(postId)) === null) throw badUserInput('There is no such post.');
    const start = after == null ? 'now' : (openActivityCursor(ctx.cursors, postId, after) ?? 'unknown');
    return ctx.services.activity.follow(postId, start, ctx.scope.left ?? new AbortController().signal);
  },
  async resolve(event: ActivityEvent, _args: unknown, ctx: Context) {
    const seen = await see(event, ctx);
    if (seen.kind === 'over') {
      event.complete();
      throw new NothingToTell();
    }
    const { told, authors, heard } = seen;
    const cursor = sealActivityCursor(ctx.cursors, event.postId, event);
    // Without a cursor nobody is handed to a shared upstream. Who mutes somebody may hear of another liker where one line stands for several.
    const mayShare = !(await ctx.loaders.relation.mutesAnybody());
    markLive(ctx, {
      position: event.position,
      ...(mayShare ? { cursor } : {}),
      ...(authors === undefined ? {} : { authors }),
      ...(heard === undefined ? {} : { heard }),
    });
    if (told === null) throw new NothingToTell();
    return shown(told, cursor);
  },
};

/** What cannot be looked at now breaks the stream: told of with an error it would be lost, because the next cursor is behind it. */
async function see(event: ActivityEvent, { services, loaders }: Context): Promise<Seen> {
  try {
    const likers = services.activity.likers.bind(services.activity);
    return await seeActivity(event, { people: loaders.people, posts: loaders.post.visible, comments: loaders.comment.seen, likers });
  } catch (error) {
    event.fail(error);
    throw new NothingToTell();
  }
}

function shown(told: Told, cursor: string): Shown {
  switch (told.kind) {
    case 'POST_LIKED':
      return { __typename: 'PostLiked', cursor, user: { userId: told.actorId }, likeCount: told.likeCount };
    case 'POST_UNLIKED':
      return { __typename: 'PostUnliked', cursor, likeCount: told.likeCount };
    case 'COMMENT_ADDED':
      return { __typename: 'CommentAdded', cursor, comment: told.comment, commentCount: told.commentCount };
    case 'COMMENT_EDITED':
      return { __typename: 'CommentEdited', cursor, comment: told.comment };
    case 'COMMENT_DELETED':
      return { __typename: 'CommentDeleted', cursor, commentId: idOf('comment', told.commentId), commentCount: told.commentCount };
    case 'RESYNC':
      return { __typename: 'Resync', cursor, reason: told.reason };
  }
}

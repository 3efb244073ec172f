import { commentSnapshot, followRequestSnapshot, likeSnapshot } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { SnapshotStore } from './snapshot.store.js';

/** What read models of likes, comments and requests are built from. */
export function snapshotCalls(snapshots: SnapshotStore): readonly CallHandler[] {
  return [
    answer(likeSnapshot, async ({ since, after, limit }) => {
      const rows = await snapshots.likes(new Date(since), after, limit);
      const last = rows.at(-1);
      return {
        likes: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
        nextAfter: rows.length < limit || last === undefined ? null : { postId: last.postId, userId: last.userId },
      };
    }),
    answer(commentSnapshot, async ({ since, after, limit }) => {
      const rows = await snapshots.comments(new Date(since), after, limit);
      return {
        comments: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
        nextAfter: rows.length < limit ? null : (rows.at(-1)?.commentId ?? null),
      };
    }),
    answer(followRequestSnapshot, async ({ after, limit }) => {
      const requests = await snapshots.followRequests(after, limit);
      return { requests, nextAfter: requests.length < limit ? null : (requests.at(-1)?.id ?? null) };
    }),
  ];
}

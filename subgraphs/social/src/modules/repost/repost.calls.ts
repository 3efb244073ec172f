import { repostSnapshot } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { RepostStore } from './repost.store.js';

export function repostCalls(reposts: RepostStore): readonly CallHandler[] {
  return [
    answer(repostSnapshot, async ({ after, limit }) => {
      const rows = await reposts.snapshot(after, limit);
      return {
        reposts: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
        nextAfter: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
      };
    }),
  ];
}

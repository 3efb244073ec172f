import type { Window } from '../../window.js';
import { type MessagePage, stretchOf } from './message-page.js';
import { sealSeq } from './message.cursor.js';
import type { MessageRow } from './message.store.js';

/**
 * A page of messages; their numbers have no gaps, so what lies before and after is known without a look. `shown`: those of the rows that the viewer has
 * not deleted for themselves.
 */
export function messageConnection(rows: readonly MessageRow[], shown: readonly MessageRow[], page: MessagePage, window: Window) {
  const edges = shown.map((node) => ({ cursor: sealSeq(node.seq), node }));
  const { low, high } = stretchOf(page, window);
  const [first, last] = [rows[0]?.seq ?? (page.isBackwards ? high : low + 1), rows.at(-1)?.seq ?? (page.isBackwards ? high - 1 : low)];
  return {
    edges,
    pageInfo: {
      startCursor: rows.length > 0 ? sealSeq(first) : null,
      endCursor: rows.length > 0 ? sealSeq(last) : null,
      hasPreviousPage: first > window.since + 1,
      hasNextPage: last < window.end,
    },
  };
}

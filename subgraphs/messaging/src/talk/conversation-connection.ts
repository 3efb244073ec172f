import { type Page, sealCursor } from '@plaza/kernel/page';
import type { SeenConversation } from '../modules/conversation/conversation.store.js';
import type { ListedConversation } from '../modules/conversation/membership.store.js';

/** A page of somebody's conversations; one that is gone meanwhile is left out. */
export async function conversationConnection(
  { items, hasNextPage }: Page<ListedConversation>,
  load: (id: string) => Promise<SeenConversation | null>,
) {
  const cursorOf = ({ id, lastAt }: ListedConversation): string => sealCursor({ at: lastAt, id });
  const seen = await Promise.all(items.map(({ id }) => load(id)));
  const edges = items.flatMap((item, index) => {
    const node = seen[index];
    return node == null ? [] : [{ cursor: cursorOf(item), node }];
  });
  const last = items.at(-1);
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: last === undefined ? null : cursorOf(last),
      hasNextPage,
      hasPreviousPage: false,
    },
  };
}

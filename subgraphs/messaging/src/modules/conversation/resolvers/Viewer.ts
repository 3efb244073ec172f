import { pageRequest, sealCursor } from '@plaza/kernel/page';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'conversations' | '__resolveReference'> = {
  conversations: async ({ id: userId }, args, { services, loaders }) => {
    const { items, hasNextPage } = await services.conversation.listed(userId, pageRequest(args));
    const cursorOf = ({ id, lastAt }: (typeof items)[number]): string => sealCursor({ at: lastAt, id });
    const seen = await Promise.all(items.map(({ id }) => loaders.conversation.load(id)));
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
  },
};

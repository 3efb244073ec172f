import { pageRequest, sealCursor } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import { behind, sealHomeCursor } from '../home.cursor.js';
import type { HomePage } from '../home.service.js';
import type { HomeItem } from '../home.store.js';
import { itemOf, sourceOf } from '../home.views.js';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'homeFeed' | 'id' | '__resolveReference'> = {
  __resolveReference: ({ id }, { viewer }) =>
    viewer !== null && id === toTypeId('viewer', viewer.id) ? { __typename: 'Viewer', id } : null,

  homeFeed: async (_viewer, args, { viewer, scope, people, services }) => {
    if (viewer === null) return null;
    const page = await services.home.page({ viewer, scope, people }, pageRequest(args));
    const edges = page.items.map((item) => toEdge(item, viewer.id));
    return {
      liveCursor: sealHomeCursor(services.cursors, viewer.id, behind(page.moment, page.at)),
      edges,
      pageInfo: {
        startCursor: edges[0]?.cursor ?? null,
        endCursor: endOf(page) ?? edges.at(-1)?.cursor ?? null,
        hasNextPage: page.hasNextPage,
        hasPreviousPage: false,
      },
    };
  },
};

const toEdge = (item: HomeItem, viewerId: string) => ({
  cursor: sealCursor({ at: item.at, id: item.postId }),
  insertedAt: item.at,
  source: sourceOf(item, viewerId),
  node: itemOf(item.postId),
});

const endOf = ({ resumeAt }: HomePage): string | null => (resumeAt === null ? null : sealCursor(resumeAt));

import { pageRequest, sealCursor } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import type { HomePage } from '../home.service.js';
import type { HomeItem } from '../home.store.js';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'homeFeed' | 'id' | '__resolveReference'> = {
  __resolveReference: ({ id }, { viewer }) =>
    viewer !== null && id === toTypeId('viewer', viewer.id) ? { __typename: 'Viewer', id } : null,

  homeFeed: async (_viewer, args, { viewer, scope, people, services }) => {
    if (viewer === null) return null;
    const page = await services.home.page({ viewer, scope, people }, pageRequest(args));
    const edges = page.items.map((item) => toEdge(item, viewer.id));
    return {
      liveCursor: services.cursors.seal('home', viewer.id, page.newest),
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

function toEdge({ postId, actorId, kind, at }: HomeItem, viewerId: string) {
  const sourceKind = actorId === viewerId ? ('OWN' as const) : kind === 'REPOST' ? ('REPOST' as const) : ('FOLLOWED' as const);
  return {
    cursor: sealCursor({ at, id: postId }),
    insertedAt: at,
    source: { kind: sourceKind, user: { __typename: 'User' as const, id: toTypeId('user', actorId) } },
    node: { __typename: 'Post' as const, id: toTypeId('post', postId) },
  };
}

const endOf = ({ resumeAt }: HomePage): string | null => (resumeAt === null ? null : sealCursor(resumeAt));

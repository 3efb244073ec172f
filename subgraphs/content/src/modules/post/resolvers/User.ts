import { pageRequest, toConnection, toPage } from '@plaza/kernel/page';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import type { UserResolvers } from '../../types.generated.js';

export const User: UserResolvers = {
  __resolveReference(reference) {
    const id = fromTypeId('user', reference.id);
    return id === null ? null : { id };
  },
  id: ({ id }) => toTypeId('user', id),
  async posts({ id }, args, { loaders }) {
    const { first, after } = pageRequest(args);
    const page = await loaders.post.ofUser.load({ id, first, after });
    if (page === null) return null;
    const posts = await Promise.all(page.items.map((place) => loaders.post.visible.load(place.id)));
    // What was deleted between the two reads is dropped; the end of the page stays where it was.
    const items = posts.filter((post) => post !== null);
    const keyset = ({ id: postId, createdAt }: { readonly id: string; readonly createdAt: Date }) => ({ at: createdAt, id: postId });
    const connection = toConnection({ items, hasNextPage: page.hasNextPage }, keyset, (post) => post);
    const { pageInfo } = toConnection(toPage(page.items, first), keyset, () => null);
    return { edges: connection.edges, pageInfo: { ...pageInfo, hasNextPage: page.hasNextPage } };
  },
};

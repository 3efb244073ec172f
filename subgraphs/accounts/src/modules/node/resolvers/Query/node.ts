import { fromTypeId, typeIdPrefix } from '@plaza/kernel/type-id';
import type { QueryResolvers } from './../../../types.generated.js';

const OWNED_ELSEWHERE = {
  post: 'Post',
  media: 'Media',
  comment: 'Comment',
  product: 'Product',
  shop: 'Shop',
  order: 'Order',
  notification: 'Notification',
} as const;

export const node: NonNullable<QueryResolvers['node']> = async (_parent, { id }, { services, people, loaders }) => {
  const prefix = typeIdPrefix(id);
  const uuid = prefix === null ? null : fromTypeId(prefix, id);
  if (uuid === null) return null;
  if (prefix === 'user') {
    const user = await services.users.visible(uuid, { people, loaders });
    return user && { __typename: 'User', ...user };
  }
  const type = isOwnedElsewhere(prefix) ? OWNED_ELSEWHERE[prefix] : null;
  // Whether it is there, and for whom, its owner says: all that is known here is its name.
  return type && { __typename: type, ref: id };
};

const isOwnedElsewhere = (prefix: string | null): prefix is keyof typeof OWNED_ELSEWHERE =>
  prefix !== null && Object.hasOwn(OWNED_ELSEWHERE, prefix);

import { toTypeId } from '@plaza/kernel/type-id';
import type { SearchEdgeResolvers } from './../../types.generated.js';

export const SearchEdge: SearchEdgeResolvers = {
  node: ({ kind, id }) => {
    switch (kind) {
      case 'POST':
        return { __typename: 'Post', id: toTypeId('post', id) };
      case 'USER':
        return { __typename: 'User', id: toTypeId('user', id) };
      case 'HASHTAG':
        return { __typename: 'Hashtag', name: id };
      case 'PRODUCT':
        return { __typename: 'Product', id: toTypeId('product', id) };
    }
  },
};

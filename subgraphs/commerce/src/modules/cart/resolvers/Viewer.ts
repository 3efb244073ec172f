import { toTypeId } from '@plaza/kernel/type-id';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'cart' | 'id' | '__resolveReference'> = {
  // Who the viewer is comes from the assertion; a representation that says otherwise is nobody.
  __resolveReference: ({ id }, { scope: { viewer } }) =>
    viewer !== null && id === toTypeId('viewer', viewer.id) ? { id: viewer.id } : null,
  id: ({ id }) => toTypeId('viewer', id),
  cart: async ({ id }, _args, { services }) => services.cart.of(id),
};

import type { Asker, CallClient } from '@plaza/calls/call-client';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import { byKey, byOwner } from '@plaza/db/loaders';
import type { OrderService } from './order.service.js';
import type { OrderStore } from './order.store.js';

/** Orders of the viewer's, what they are made of, and the posts that they name, as far as the viewer may see them. */
export const orderLoaders = (store: OrderStore, orders: OrderService, asker: Asker, calls: CallClient) => ({
  order: byKey(
    (ids) => orders.byIds(ids, asker.viewer?.id ?? null),
    ({ id }) => id,
  ),
  sellerOrder: byKey(
    (ids) => orders.sellerOrders(ids, asker.viewer?.id ?? null),
    ({ id }) => id,
  ),
  sellerOrdersOf: byOwner(
    (orderIds) => store.sellerOrdersOf(orderIds),
    ({ orderId }) => orderId,
  ),
  linesOf: byOwner(
    (sellerOrderIds) => store.linesOf(sellerOrderIds),
    ({ sellerOrderId }) => sellerOrderId,
  ),
  post: byKey(
    async (postIds) => (await calls.ask(visiblePosts, { postIds: [...postIds] }, asker)).posts,
    ({ postId }) => postId,
  ),
});

export type OrderLoaders = ReturnType<typeof orderLoaders>;

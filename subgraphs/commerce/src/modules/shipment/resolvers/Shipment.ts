import { toTypeId } from '@plaza/kernel/type-id';
import type { ShipmentResolvers } from './../../types.generated.js';

export const Shipment: ShipmentResolvers = {
  id: ({ id }) => toTypeId('shipment', id),
  state: ({ deliveredAt }) => (deliveredAt === null ? 'SHIPPED' : 'DELIVERED'),
  lines: async ({ id, sellerOrderId }, _args, { loaders }) => {
    const [lines, parts] = await Promise.all([loaders.linesOf.load(sellerOrderId), loaders.shipmentLinesOf.load(id)]);
    return parts.flatMap(({ orderLineId, quantity }) =>
      lines.filter((line) => line.id === orderLineId).map((line) => ({ line, quantity })),
    );
  },
};

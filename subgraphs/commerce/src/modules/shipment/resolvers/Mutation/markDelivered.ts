import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const markDelivered: NonNullable<MutationResolvers['markDelivered']> = async (_parent, { input }, ctx) => {
  const shipmentId = uuidOf('shipment', input.shipmentId);
  const delivering = await ctx.services.shipment.deliver(ctx.buyer.id, shipmentId);
  ctx.forget();
  switch (delivering.kind) {
    case 'delivered': {
      const shipment = await ctx.loaders.shipment.load(shipmentId);
      const sellerOrder = shipment === null ? null : await ctx.loaders.sellerOrder.load(shipment.sellerOrderId);
      if (shipment === null || sellerOrder === null) throw new Error('a shipment that is there is gone');
      return { __typename: 'MarkDeliveredOk', shipment, sellerOrder };
    }
    case 'missing':
      return notFound('shipment');
  }
};

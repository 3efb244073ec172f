import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { conflict, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const createShipment: NonNullable<MutationResolvers['createShipment']> = async (_parent, { input }, ctx) => {
  const sellerOrderId = uuidOf('sellerorder', input.sellerOrderId);
  const sending = await ctx.services.shipment.create(ctx.buyer.id, {
    idempotencyKey: input.idempotencyKey,
    sellerOrderId,
    lines: input.lines.map(({ orderLineId, quantity }) => ({ orderLineId: uuidOf('orderline', orderLineId), quantity })),
    carrier: input.carrier,
    trackingCode: input.trackingCode ?? null,
  });
  ctx.forget();
  switch (sending.kind) {
    case 'sent': {
      const shipment = (await ctx.loaders.shipmentsOf.load(sellerOrderId)).find(({ id }) => id === sending.shipmentId);
      const sellerOrder = await ctx.loaders.sellerOrder.load(sellerOrderId);
      if (shipment === undefined || sellerOrder === null) throw new Error('a shipment that was made is gone');
      return { __typename: 'CreateShipmentOk', shipment, sellerOrder };
    }
    case 'missing':
      return notFound('seller order');
    case 'conflict':
      return conflict(sending.from, 'SHIPPED');
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(sending.fields);
  }
};

import { Fault } from '@plaza/kernel/fault';
import { stateStream } from '@plaza/live/state-stream';
import { requireViewer } from '@plaza/subgraph/request-scope';
import { uuidOf } from '../../../../results.js';
import { OrderService } from '../../order.service.js';
import type { OrderRow } from '../../order.store.js';
import type { SubscriptionResolvers } from './../../../types.generated.js';

export const orderChanged: NonNullable<SubscriptionResolvers['orderChanged']> = {
  subscribe: async (_parent, { id }, { scope, services, bus }) => {
    const viewerId = requireViewer(scope).id;
    const orderId = uuidOf('order', id);
    const read = async (): Promise<OrderRow | null> => (await services.order.byIds([orderId], viewerId))[0] ?? null;
    if ((await read()) === null) throw new Fault('BAD_USER_INPUT', 'There is no such order.');
    return stateStream({ bus, channel: OrderService.channel(orderId), read, revision: (order) => order.revision, signal: scope.left });
  },
  resolve: (order: OrderRow) => order,
};

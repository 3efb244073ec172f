import { pageRequest, toConnection } from '@plaza/kernel/page';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'orders' | '__resolveReference'> = {
  orders: async ({ id }, args, { services }) => {
    const page = await services.order.ofBuyer(id, pageRequest(args));
    return toConnection(
      page,
      ({ createdAt, id: at }) => ({ at: createdAt, id: at }),
      (order) => order,
    );
  },
};

import type { OrderResolvers } from './../../types.generated.js';

/** Belongs to commerce; here it is a `ref` and nothing more. */
export const Order: OrderResolvers = {};

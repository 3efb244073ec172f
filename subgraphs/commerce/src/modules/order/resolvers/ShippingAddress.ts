import type { ShippingAddressResolvers } from './../../types.generated.js';
export const ShippingAddress: ShippingAddressResolvers = {/* Implement ShippingAddress resolver logic here */};

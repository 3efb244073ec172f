import type { CartWarningResolvers } from './../../types.generated.js';
export const CartWarning: CartWarningResolvers = {/* Implement CartWarning resolver logic here */};

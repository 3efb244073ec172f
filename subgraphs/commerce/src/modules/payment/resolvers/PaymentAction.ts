import type { PaymentActionResolvers } from './../../types.generated.js';
export const PaymentAction: PaymentActionResolvers = {/* Implement PaymentAction resolver logic here */};

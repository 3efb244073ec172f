import type { OutOfStockLineResolvers } from './../../types.generated.js';
export const OutOfStockLine: OutOfStockLineResolvers = {/* Implement OutOfStockLine resolver logic here */};

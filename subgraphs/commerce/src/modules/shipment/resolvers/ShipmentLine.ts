import type { ShipmentLineResolvers } from './../../types.generated.js';
export const ShipmentLine: ShipmentLineResolvers = {/* Implement ShipmentLine resolver logic here */};

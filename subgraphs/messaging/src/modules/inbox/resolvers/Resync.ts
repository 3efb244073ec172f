import type { ResyncResolvers } from './../../types.generated.js';
export const Resync: ResyncResolvers = {/* Implement Resync resolver logic here */};

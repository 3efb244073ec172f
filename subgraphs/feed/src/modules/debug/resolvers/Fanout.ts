import type { FanoutResolvers } from './../../types.generated.js';
export const Fanout: FanoutResolvers = {/* Implement Fanout resolver logic here */};

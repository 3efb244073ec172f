import type { UnavailableResolvers } from './../../types.generated.js';
export const Unavailable: UnavailableResolvers = {/* Implement Unavailable resolver logic here */};

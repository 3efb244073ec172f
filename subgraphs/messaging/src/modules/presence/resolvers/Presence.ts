import type { PresenceResolvers } from './../../types.generated.js';
export const Presence: PresenceResolvers = {/* Implement Presence resolver logic here */};

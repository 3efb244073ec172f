import type { TypingChangedResolvers } from './../../types.generated.js';
export const TypingChanged: TypingChangedResolvers = {/* Implement TypingChanged resolver logic here */};

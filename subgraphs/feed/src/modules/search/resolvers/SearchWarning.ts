import type { SearchWarningResolvers } from './../../types.generated.js';
export const SearchWarning: SearchWarningResolvers = {/* Implement SearchWarning resolver logic here */};

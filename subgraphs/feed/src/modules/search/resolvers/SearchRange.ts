import type { SearchRangeResolvers } from './../../types.generated.js';
export const SearchRange: SearchRangeResolvers = {/* Implement SearchRange resolver logic here */};

import type { SearchHighlightResolvers } from './../../types.generated.js';
export const SearchHighlight: SearchHighlightResolvers = {/* Implement SearchHighlight resolver logic here */};

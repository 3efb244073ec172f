import type { SearchSuggestionResolvers } from './../../types.generated.js';
export const SearchSuggestion: SearchSuggestionResolvers = {/* Implement SearchSuggestion resolver logic here */};

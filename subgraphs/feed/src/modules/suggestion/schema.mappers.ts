export type { Suggestion as SuggestedUserMapper, Reason as SuggestionReasonMapper } from './suggestion.policy.js';

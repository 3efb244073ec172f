import type { TrendingQueryResolvers } from './../../types.generated.js';

export const TrendingQuery: TrendingQueryResolvers = {};

import { sizeWithin } from '../../../../sizes.js';
import type { QueryResolvers } from './../../../types.generated.js';

export const trendingQueries: NonNullable<QueryResolvers['trendingQueries']> = (_parent, { first }, { services }) =>
  services.queries.trending(sizeWithin(first, 20));

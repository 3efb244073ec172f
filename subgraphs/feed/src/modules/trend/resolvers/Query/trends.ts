import { sizeWithin } from '../../../../sizes.js';
import type { QueryResolvers } from './../../../types.generated.js';

export const trends: NonNullable<QueryResolvers['trends']> = (_parent, { kind, first, language }, { scope, people, services }) =>
  services.trends.list({ scope, people }, kind, sizeWithin(first, 20), language ?? null);

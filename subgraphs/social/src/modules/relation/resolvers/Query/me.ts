import type { QueryResolvers } from '../../../types.generated.js';

export const me: NonNullable<QueryResolvers['me']> = (_parent, _args, { viewer }) => viewer && { userId: viewer.id };

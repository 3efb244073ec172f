import { toTypeId } from '@plaza/kernel/type-id';
import type { QueryResolvers } from '../../../types.generated.js';

export const me: NonNullable<QueryResolvers['me']> = (_parent, _args, { viewer }) =>
  viewer && { __typename: 'Viewer', id: toTypeId('viewer', viewer.id) };

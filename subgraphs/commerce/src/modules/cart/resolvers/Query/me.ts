import type { QueryResolvers } from './../../../types.generated.js';

export const me: NonNullable<QueryResolvers['me']> = (_parent, _args, { scope }) =>
  scope.viewer === null ? null : { id: scope.viewer.id };

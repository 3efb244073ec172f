import type { QueryResolvers } from './../../../types.generated.js';

export const user: NonNullable<QueryResolvers['user']> = (_parent, { handle }, { services, people, loaders }) =>
  services.users.visibleByHandle(handle, { people, loaders });

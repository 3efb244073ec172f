import { subjectOf } from '../../subject-name.js';
import type { QueryResolvers } from './../../../types.generated.js';

export const trend: NonNullable<QueryResolvers['trend']> = async (_parent, { kind, name }, { scope, people, services }) => {
  const subject = subjectOf(kind, name);
  return subject === null ? null : services.trends.one({ scope, people }, { kind, subject });
};

import { Fault } from '@plaza/kernel/fault';
import type { QueryResolvers } from '../../../types.generated.js';

/** The gateway refuses others before: this is the second door. */
export const debug: NonNullable<QueryResolvers['debug']> = (_parent, _args, { viewer }) => {
  if (viewer?.scopes.includes('plaza:operator') !== true) throw new Fault('INSUFFICIENT_SCOPE', 'The access token does not cover this.');
  return {};
};

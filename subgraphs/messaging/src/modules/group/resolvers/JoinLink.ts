import { idOf } from '../../../results.js';
import type { JoinLinkResolvers } from './../../types.generated.js';

export const JoinLink: JoinLinkResolvers = { id: ({ id }) => idOf('joinlink', id) };

import { idOf } from '../../../results.js';
import type { JoinRequestResolvers } from './../../types.generated.js';

export const JoinRequest: JoinRequestResolvers = { user: ({ userId }) => ({ id: idOf('user', userId) }) };

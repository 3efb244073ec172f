import type { SessionTokensResolvers } from './../../types.generated.js';

export const SessionTokens: SessionTokensResolvers = {};

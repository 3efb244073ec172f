import type { MediaFailureResolvers } from '../../types.generated.js';

export const MediaFailure: MediaFailureResolvers = {};

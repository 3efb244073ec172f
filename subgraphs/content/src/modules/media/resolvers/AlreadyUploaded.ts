import type { AlreadyUploadedResolvers } from '../../types.generated.js';

export const AlreadyUploaded: AlreadyUploadedResolvers = {};

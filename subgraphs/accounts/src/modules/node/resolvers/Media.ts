import type { MediaResolvers } from './../../types.generated.js';

/** Belongs to content; here it is a `ref` and nothing more. */
export const Media: MediaResolvers = {};

import type { HashtagResolvers } from './../../types.generated.js';

export const Hashtag: Pick<HashtagResolvers, 'name'> = {};

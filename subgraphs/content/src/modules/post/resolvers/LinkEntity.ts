import type { LinkEntityResolvers } from '../../types.generated.js';

export const LinkEntity: LinkEntityResolvers = {};

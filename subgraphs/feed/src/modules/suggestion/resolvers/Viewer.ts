import { sizeWithin } from '../../../sizes.js';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'suggestedUsers' | '__resolveReference'> = {
  suggestedUsers: async (_viewer, { first }, { viewer, people, services }) =>
    viewer === null ? null : services.suggestions.suggest(viewer.id, people, sizeWithin(first, 20)),
};

import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'messagingPreferences' | '__resolveReference'> = {
  messagingPreferences: ({ id }, _args, { loaders }) => loaders.messagingPreferences.load(id),
};

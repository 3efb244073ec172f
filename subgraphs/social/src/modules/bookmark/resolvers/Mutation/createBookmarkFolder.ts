import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';

export const createBookmarkFolder: NonNullable<MutationResolvers['createBookmarkFolder']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.bookmark.createFolder(ctx.looker.viewerId, input.name);
  return outcome.kind === 'done' ? { __typename: 'CreateBookmarkFolderOk', folder: outcome.folder } : invalid(outcome.fields);
};

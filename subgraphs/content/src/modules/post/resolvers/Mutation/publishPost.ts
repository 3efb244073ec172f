import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';
import { draftMedia, draftProducts } from '../../draft.input.js';
import { keyConflict } from '../../post.answers.js';

export const publishPost: NonNullable<MutationResolvers['publishPost']> = async (_parent, { input }, ctx) => {
  const publishing = await ctx.services.post.publish(ctx.actor(), {
    idempotencyKey: input.idempotencyKey,
    text: input.text,
    media: draftMedia(input.media ?? []),
    audience: input.audience ?? 'PUBLIC',
    contentWarning: input.contentWarning ?? null,
    language: input.language ?? null,
    productIds: draftProducts(input.productIds ?? []),
  });
  switch (publishing.kind) {
    case 'published': {
      const post = await ctx.loaders.post.visible.clear(publishing.postId).load(publishing.postId);
      // A repeat, after the author deleted what the first one brought.
      if (post === null) return invalid([{ path: 'idempotencyKey', message: 'What was published under this key is gone.' }]);
      return { __typename: 'PublishPostOk', post };
    }
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(publishing.fields);
  }
};

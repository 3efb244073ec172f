import { fromTypeId } from '@plaza/kernel/type-id';
import { NothingToTell } from '@plaza/subgraph/live-event';
import type { Context } from '../../../../context.js';
import type { SubscriptionResolvers } from '../../../types.generated.js';

/** What is looked at: a media, or that there is none. */
type Look = { readonly mediaId: string | null };

export const mediaChanged: NonNullable<SubscriptionResolvers['mediaChanged']> = {
  async *subscribe(_parent, { id }, ctx) {
    const mediaId = fromTypeId('media', id);
    if (mediaId === null || (await ctx.loaders.media.load(mediaId)) === null) {
      yield { mediaId: null } satisfies Look;
      return;
    }
    for await (const _ of ctx.services.media.states(mediaId, ctx.scope.left ?? new AbortController().signal))
      yield { mediaId } satisfies Look;
  },
  async resolve({ mediaId }: Look, _args: unknown, ctx: Context) {
    if (mediaId === null) return null;
    const media = await ctx.loaders.media.load(mediaId);
    // It went out of the viewer's sight while they watched.
    if (media === null) throw new NothingToTell();
    return media;
  },
};

import type { QueryResolvers } from './../../../types.generated.js';

export const joinLinkPreview: NonNullable<QueryResolvers['joinLinkPreview']> = (_parent, { code }, ctx) =>
  ctx.services.join.preview(ctx.talker, code);

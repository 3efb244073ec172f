import { fromTypeId } from '@plaza/kernel/type-id';
import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { cannotWrite, notFound, uuidOf } from '../../../../results.js';
import type { Saying } from '../../message.service.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const sendMessage: NonNullable<MutationResolvers['sendMessage']> = async (_parent, { input }, ctx) => {
  const conversationId = uuidOf('conversation', input.conversationId);
  const conversation = await ctx.loaders.conversation.load(conversationId);
  const sending = await ctx.services.message.send(ctx.talker, conversation, {
    clientMessageId: input.clientMessageId,
    text: input.text ?? null,
    replyToId: input.replyToId == null ? null : uuidOf('message', input.replyToId),
    mediaIds: (input.media ?? []).map((id) => uuidOf('media', id)),
    shared: input.sharedId == null ? null : sharedOf(input.sharedId),
  });
  // Whoever answers takes the request.
  if (sending.kind === 'said' && conversation?.cameAsRequest === true) await ctx.services.place.accept(conversation);
  ctx.forget();
  switch (sending.kind) {
    case 'said': {
      const message = await ctx.loaders.messageAt.load({ conversationId, seq: sending.seq });
      return message === null ? notFound('conversation') : { __typename: 'SendMessageOk', message };
    }
    case 'missing':
      return notFound('conversation');
    case 'notAllowed':
      return cannotWrite();
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(sending.fields);
  }
};

function sharedOf(id: string): NonNullable<Saying['shared']> {
  const postId = fromTypeId('post', id);
  if (postId !== null) return { kind: 'POST', id: postId };
  const productId = fromTypeId('product', id);
  return productId === null ? 'nothing' : { kind: 'PRODUCT', id: productId };
}

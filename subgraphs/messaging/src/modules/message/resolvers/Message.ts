import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { MessageRow } from '../message.store.js';
import { canReadMessage } from '../../../talk/message.policy.js';
import type { Context } from '../../../context.js';
import type { MessageResolvers } from './../../types.generated.js';

/** Whether the viewer may read it now. */
const isReadable = async ({ senderId, deletedAt }: MessageRow, { people }: Context): Promise<boolean> =>
  deletedAt === null && canReadMessage(await people.sight(senderId));

export const Message: Pick<
  MessageResolvers,
  | 'conversation'
  | 'createdAt'
  | 'editedAt'
  | 'id'
  | 'isDeleted'
  | 'isHidden'
  | 'media'
  | 'ref'
  | 'replyTo'
  | 'sender'
  | 'seq'
  | 'shared'
  | 'text'
  | '__resolveReference'
> = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('message', reference);
    return id === null ? null : loaders.messageById.load(id);
  },
  id: ({ id }) => toTypeId('message', id),
  ref: ({ id }) => toTypeId('message', id),
  conversation: async ({ conversationId }, _args, { loaders }) => {
    const conversation = await loaders.conversation.load(conversationId);
    if (conversation === null) throw new Error('a message that is to be seen is in a conversation that is not');
    return conversation;
  },
  sender: async ({ senderId }, _args, { people }) => (canSeeUser(await people.sight(senderId)) ? { id: toTypeId('user', senderId) } : null),
  text: async (message, _args, ctx) => ((await isReadable(message, ctx)) ? message.text : null),
  isHidden: async ({ senderId }, _args, { people }) => !canReadMessage(await people.sight(senderId)),
  isDeleted: ({ deletedAt }) => deletedAt !== null,
  replyTo: async (message, _args, ctx) => {
    const { conversationId, replyToSeq } = message;
    return replyToSeq === null || !(await isReadable(message, ctx))
      ? null
      : ctx.loaders.messageAt.load({ conversationId, seq: replyToSeq });
  },
  media: async (message, _args, ctx) =>
    (await isReadable(message, ctx)) ? message.mediaIds.map((id) => ({ pass: ctx.passTo('media', id) })) : [],
  shared: async (message, _args, ctx) => {
    const { sharedKind: kind, sharedId: id } = message;
    if (kind === null || id === null || !(await isReadable(message, ctx))) return null;
    if (!(await ctx.loaders.isShareable.load({ kind, id }))) return { __typename: 'Unavailable', message: 'This is not available.' };
    return kind === 'POST' ? { __typename: 'Post', ref: toTypeId('post', id) } : { __typename: 'Product', ref: toTypeId('product', id) };
  },
};

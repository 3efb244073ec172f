import { type BadInput, invalid, KEY, long, missing } from './case.js';

const conversation = { idempotencyKey: KEY, kind: 'GROUP', title: 'Tea' };
const message = { clientMessageId: KEY, text: 'hello' };

/** Of conversations and what is said in them. */
export const CHAT_CASES: readonly BadInput[] = [
  missing('startConversation', 'somebody who never was', ({ noUser }) => ({ ...conversation, memberIds: [noUser] })),
  missing('startConversation', 'a malformed id', () => ({ ...conversation, memberIds: ['user_%00'] })),
  invalid('startConversation', 'memberIds', 'nobody', () => ({ ...conversation, memberIds: [] })),
  invalid('startConversation', 'memberIds', 'oneself', ({ me, user }) => ({ ...conversation, memberIds: [me, user] })),
  invalid('startConversation', 'memberIds', 'too many', ({ noUser }) => ({
    ...conversation,
    memberIds: Array.from({ length: 101 }, (_, n) => `${noUser.slice(0, -3)}${n + 100}`),
  })),
  invalid('startConversation', 'title', 'a title that is too long', ({ user }) => ({
    ...conversation,
    memberIds: [user],
    title: long(101),
  })),
  invalid('startConversation', 'title', 'a title for two', ({ user }) => ({ ...conversation, kind: 'DIRECT', memberIds: [user] })),
  invalid('startConversation', 'idempotencyKey', 'a key that is too short', ({ user }) => ({
    ...conversation,
    idempotencyKey: 'x',
    memberIds: [user],
  })),
  missing('sendMessage', 'a conversation that never was', ({ noConversation }) => ({ ...message, conversationId: noConversation })),
  missing('sendMessage', 'a conversation of others', (ids) => ({ ...message, conversationId: ids.conversation, text: '' })),
  missing('sendMessage', 'a malformed id', () => ({ ...message, conversationId: 'conversation_%00' })),
  invalid('sendMessage', 'text', 'nothing at all', (ids) => ({ ...message, conversationId: ids.myConversation, text: '' })),
  invalid('sendMessage', 'text', 'a text that is too long', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    text: long(10_001),
  })),
  invalid('sendMessage', 'text', 'as much as a request holds', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    text: long(50_000),
  })),
  invalid('sendMessage', 'clientMessageId', 'a key that is too short', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    clientMessageId: 'x',
  })),
  invalid('sendMessage', 'replyToId', 'an answer to nothing', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    replyToId: ids.noMessage,
  })),
  invalid('sendMessage', 'media.0', 'a photo that never was', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    media: [ids.noMedia],
  })),
  invalid('sendMessage', 'sharedId', 'a post that never was', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    sharedId: ids.noPost,
  })),
  invalid('sendMessage', 'sharedId', 'a person', (ids) => ({ ...message, conversationId: ids.myConversation, sharedId: ids.user })),
  missing('markRead', 'a conversation that never was', ({ noConversation }) => ({ conversationId: noConversation, seq: 1 })),
  missing('markRead', 'a conversation of others', (ids) => ({ conversationId: ids.conversation, seq: -1 })),
  invalid('markRead', 'seq', 'a negative place', (ids) => ({ conversationId: ids.myConversation, seq: -1 })),
];

import { type BadInput, invalid, long, missing } from './case.js';

/** What is there for nobody, or for others alone, with each mutation about a conversation. */
const OF_CONVERSATIONS: readonly (readonly [string, Record<string, unknown>])[] = [
  ['setTyping', {}],
  ['updateConversationPlace', { isPinned: true }],
  ['acceptConversationRequest', {}],
  ['declineConversationRequest', {}],
  ['addMembers', { memberIds: [] }],
  ['removeMember', { userId: 'user_%00' }],
  ['leaveConversation', {}],
  ['changeMemberRole', { userId: 'user_%00', role: 'OWNER' }],
  ['renameConversation', { title: '' }],
  ['createJoinLink', { maxUses: -1 }],
  ['revokeJoinLink', { joinLinkId: 'joinlink_%00' }],
  ['answerJoinRequest', { userId: 'user_%00', isApproved: true }],
];

const OF_MESSAGES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['editMessage', { text: '' }],
  ['deleteMessage', { forEverybody: true }],
  ['addReaction', { emoji: 'no emoji' }],
  ['removeReaction', { emoji: '👍' }],
];

/** Of groups, of what hangs on messages, and of what people tell of themselves. */
export const CONVERSING_CASES: readonly BadInput[] = [
  ...OF_CONVERSATIONS.flatMap(([mutation, more]) => [
    missing(mutation, 'a conversation that never was', ({ noConversation }) => ({ ...more, conversationId: noConversation })),
    missing(mutation, 'a conversation of others', ({ conversation }) => ({ ...more, conversationId: conversation })),
    missing(mutation, 'a malformed id', () => ({ ...more, conversationId: 'conversation_%00' })),
  ]),
  ...OF_MESSAGES.flatMap(([mutation, more]) => [
    missing(mutation, 'a message that never was', ({ noMessage }) => ({ ...more, messageId: noMessage })),
    missing(mutation, 'the id of another kind of thing', ({ user }) => ({ ...more, messageId: user })),
  ]),
  invalid('addMembers', 'memberIds', 'nobody', (ids) => ({ conversationId: ids.myGroup, memberIds: [] })),
  missing('addMembers', 'somebody who never was', (ids) => ({ conversationId: ids.myGroup, memberIds: [ids.noUser] })),
  missing('removeMember', 'somebody who is not in it', (ids) => ({ conversationId: ids.myGroup, userId: ids.noUser })),
  missing('changeMemberRole', 'somebody who is not in it', (ids) => ({
    conversationId: ids.myGroup,
    userId: ids.noUser,
    role: 'ADMIN',
  })),
  invalid('renameConversation', 'title', 'nothing', (ids) => ({ conversationId: ids.myGroup, title: ' ' })),
  invalid('renameConversation', 'title', 'a title that is too long', (ids) => ({ conversationId: ids.myGroup, title: long(101) })),
  invalid('createJoinLink', 'maxUses', 'fewer than none', (ids) => ({ conversationId: ids.myGroup, maxUses: -1 })),
  invalid('createJoinLink', 'expiresAt', 'the past', (ids) => ({
    conversationId: ids.myGroup,
    expiresAt: '2020-01-01T00:00:00.000Z',
  })),
  missing('revokeJoinLink', 'a link that never was', (ids) => ({ conversationId: ids.myGroup, joinLinkId: ids.noMessage })),
  missing('answerJoinRequest', 'somebody who did not ask', (ids) => ({
    conversationId: ids.myGroup,
    userId: ids.user,
    isApproved: true,
  })),
  missing('joinByLink', 'no code', () => ({ code: '' })),
  missing('joinByLink', 'a code of nothing', () => ({ code: 'A'.repeat(43) })),
  missing('joinByLink', 'a very long one', () => ({ code: long(10_000) })),
  invalid('updateMessagingPreferences', 'readReceipts', 'nothing at all', () => ({})),
  invalid('heartbeat', 'deviceId', 'a device without a name', () => ({ deviceId: '' })),
  invalid('heartbeat', 'deviceId', 'a device with a very long one', () => ({ deviceId: long(101) })),
];

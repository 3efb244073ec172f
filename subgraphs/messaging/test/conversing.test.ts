import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { STRANGERS } from '@plaza/visibility/relation';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MessagingUnderTest, type Payload } from './messaging-under-test.js';

let chat: MessagingUnderTest;

beforeAll(async () => {
  chat = await MessagingUnderTest.start();
});
afterAll(async () => chat.stop());

const user = (id: string): string => toTypeId('user', id);
const people = (count: number): string[] => Array.from({ length: count }, () => newId());

/** A pair with one message of the first one's. */
async function pair(): Promise<{ binh: string; chen: string; id: string; messageId: string }> {
  const [binh = '', chen = ''] = people(2);
  const id = await chat.starts(binh, [chen]);
  return { binh, chen, id, messageId: (await chat.says(binh, id, 'Tea?'))['message'].id };
}

/** Until the inbox has what the conversation has. */
async function unread(viewerId: string, count: number): Promise<void> {
  await vi.waitUntil(async () => (await chat.me(viewerId, 'unreadMessageCount'))['unreadMessageCount'] === count, { timeout: 15_000 });
}

const message = async (viewerId: string, conversationId: string, selection: string): Promise<Payload> =>
  (await chat.conversation(viewerId, conversationId, `messages(last: 1) { edges { node { ${selection} } } }`))?.['messages'].edges[0]?.node;

const follows = (followerId: string, followeeId: string): void => {
  chat.others.relations.set(`${followerId} ${followeeId}`, { ...STRANGERS, isFollowing: true });
  chat.others.relations.set(`${followeeId} ${followerId}`, { ...STRANGERS, isFollowedBy: true });
};

describe('a message that is edited', () => {
  it('has another text for everybody, keeps those before, and is told of', async () => {
    const { binh, chen, id, messageId } = await pair();
    const listener = await chat.listens(chen);
    for (const text of ['Coffee?', 'Coffee? At ten?']) {
      const edited = await chat.does(binh, 'editMessage', { messageId, text }, '... on EditMessageOk { message { text editedAt } }');
      expect(edited).toMatchObject({ __typename: 'EditMessageOk', message: { text, editedAt: expect.any(String) } });
    }
    await chat.does(binh, 'editMessage', { messageId, text: 'Coffee? At ten?' });

    expect(await message(chen, id, 'seq text revisions { text }')).toEqual({
      seq: 1,
      text: 'Coffee? At ten?',
      revisions: [{ text: 'Coffee?' }, { text: 'Tea?' }],
    });
    await listener.until((told) => told.filter(({ __typename }) => __typename === 'MessageEdited').length === 2);
    await listener.leave();
  });

  it('is its sender’s, is not deleted, and has a text', async () => {
    const { binh, chen, messageId } = await pair();
    const stranger = newId();
    const edit = async (viewerId: string, text: string, of = messageId) =>
      chat.does(viewerId, 'editMessage', { messageId: of, text }, '... on ValidationError { fields { path } }');

    expect(await edit(chen, 'Mine now')).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await edit(stranger, '')).toEqual(await edit(stranger, '', toTypeId('message', newId())));
    for (const text of ['', '   ', 'x'.repeat(10_001), 'a\0']) expect(await edit(binh, text)).toMatchObject({ fields: [{ path: 'text' }] });
    await chat.does(binh, 'deleteMessage', { messageId, forEverybody: true });
    expect(await edit(binh, 'Back')).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('is edited twenty times and no more', async () => {
    const { binh, messageId } = await pair();
    const answers: string[] = [];
    for (let nth = 1; nth <= 21; nth += 1)
      answers.push((await chat.does(binh, 'editMessage', { messageId, text: `version ${nth}` })).__typename);
    expect(answers.filter((name) => name === 'EditMessageOk')).toHaveLength(20);
    expect(answers.at(-1)).toBe('ValidationError');
  });
});

describe('a message that is deleted', () => {
  it('for everybody keeps its place and nothing else, and does not count', async () => {
    const { binh, chen, id, messageId } = await pair();
    await chat.does(chen, 'addReaction', { messageId, emoji: '👍' });
    await chat.does(binh, 'editMessage', { messageId, text: 'Secret' });
    const listener = await chat.listens(chen);
    const deleted = await chat.does(binh, 'deleteMessage', { messageId, forEverybody: true }, '... on DeleteMessageOk { seq }');
    expect(deleted).toMatchObject({ __typename: 'DeleteMessageOk', seq: 1 });
    await chat.does(binh, 'deleteMessage', { messageId, forEverybody: true });
    await listener.until((told) => told.some(({ __typename }) => __typename === 'MessageDeleted'));

    expect(await message(chen, id, 'seq text isDeleted revisions { text } reactions { emoji }')).toEqual({
      seq: 1,
      text: null,
      isDeleted: true,
      revisions: [],
      reactions: [],
    });
    expect((await chat.conversation(chen, id, 'unreadCount'))?.['unreadCount']).toBe(0);
    const [kept] = await chat.database.sql`SELECT count(*)::int AS texts FROM message_revision WHERE text <> ''`;
    expect(kept).toBeDefined();
    await listener.leave();
  });

  it('for oneself is gone from one’s own devices alone', async () => {
    const { binh, chen, id, messageId } = await pair();
    const listener = await chat.listens(chen);
    await chat.says(binh, id, 'And cake?');
    await listener.until(() => listener.messages.at(-1) === '2 And cake?');
    expect(await chat.does(chen, 'deleteMessage', { messageId })).toMatchObject({ __typename: 'DeleteMessageOk' });
    await listener.until((told) => told.some(({ __typename, seq }) => __typename === 'MessageDeleted' && seq === 1));

    expect(await chat.texts(chen, id)).toEqual(['2 And cake?']);
    expect(await chat.texts(binh, id)).toEqual(['1 Tea?', '2 And cake?']);
    expect((await chat.conversation(chen, id, 'unreadCount'))?.['unreadCount']).toBe(1);
    const page = (await chat.conversation(chen, id, 'messages(first: 1) { edges { cursor } pageInfo { endCursor hasNextPage } }'))?.[
      'messages'
    ];
    expect(page).toMatchObject({ edges: [], pageInfo: { endCursor: expect.any(String), hasNextPage: true } });
    await listener.leave();
  });

  it('for everybody is its sender’s and, in a group, whoever leads it', async () => {
    const [anna = '', binh = '', chen = ''] = people(3);
    const id = await chat.starts(anna, [binh, chen], 'GROUP');
    const messageId = (await chat.says(binh, id, 'Spam'))['message'].id;
    const remove = async (viewerId: string) => (await chat.does(viewerId, 'deleteMessage', { messageId, forEverybody: true })).__typename;

    expect(await remove(chen)).toBe('NotAllowedError');
    expect(await remove(newId())).toBe('NotFoundError');
    expect(await remove(anna)).toBe('DeleteMessageOk');
  });
});

describe('a reaction', () => {
  it('is counted once for each who puts it there, shown to all and taken back', async () => {
    const { binh, chen, id, messageId } = await pair();
    const listener = await chat.listens(binh);
    for (const emoji of ['👍', '❤️', '👍']) await chat.does(chen, 'addReaction', { messageId, emoji });
    await chat.does(binh, 'addReaction', { messageId, emoji: '👍' });
    const shown = async (viewerId: string) =>
      (await message(viewerId, id, 'reactions { emoji count viewerHasReacted users(first: 5) { id } }'))['reactions'];

    expect(await shown(binh)).toEqual([
      { emoji: '👍', count: 2, viewerHasReacted: true, users: [{ id: user(chen) }, { id: user(binh) }] },
      { emoji: '❤️', count: 1, viewerHasReacted: false, users: [{ id: user(chen) }] },
    ]);
    expect(await chat.does(chen, 'removeReaction', { messageId, emoji: '👍' })).toMatchObject({ __typename: 'RemoveReactionOk' });
    await chat.does(chen, 'removeReaction', { messageId, emoji: '👍' });
    // What is there longest stands first.
    expect((await shown(chen)).map(({ emoji, count }: Payload) => `${emoji} ${count}`)).toEqual(['❤️ 1', '👍 1']);
    await listener.until((told) => told.filter(({ __typename }) => __typename === 'MessageReacted').length === 4);
    await listener.leave();
  });

  it('is one emoji, and there are at most five of one person’s', async () => {
    const { chen, messageId } = await pair();
    const add = async (emoji: string) =>
      chat.does(
        chen,
        'addReaction',
        { messageId, emoji },
        '... on ReactionLimitError { limit } ... on ValidationError { fields { path } }',
      );
    for (const emoji of ['', 'a', '👍👍', 'x'.repeat(1_000_000)]) expect(await add(emoji)).toMatchObject({ fields: [{ path: 'emoji' }] });
    for (const emoji of ['👍', '❤️', '😀', '🎉', '🔥']) expect((await add(emoji)).__typename).toBe('AddReactionOk');
    expect(await add('🍵')).toMatchObject({ code: 'REACTION_LIMIT', limit: 5 });
  });

  it('is not put under what one cannot see, or can no longer write beside', async () => {
    const { binh, chen, messageId } = await pair();
    const add = async (viewerId: string, of: string) => chat.does(viewerId, 'addReaction', { messageId: of, emoji: '👍' });
    const stranger = newId();
    expect(await add(stranger, messageId)).toEqual(await add(stranger, toTypeId('message', newId())));
    chat.blocks(binh, chen);
    expect(await add(chen, messageId)).toMatchObject({ code: 'NOT_ALLOWED' });
  });
});

describe('a group', () => {
  const roles = async (viewerId: string, id: string): Promise<Record<string, string>> => {
    const seen = await chat.conversation(viewerId, id, 'members(first: 100) { edges { role node { id } } }');
    return Object.fromEntries(seen?.['members'].edges.map(({ role, node }: Payload) => [node.id, role]) ?? []);
  };
  const change = async (viewerId: string, id: string, name: string, input: Record<string, unknown> = {}) =>
    (await chat.does(viewerId, name, { conversationId: id, ...input })).__typename;

  it('shows newcomers what is said from then on, and those who are out nothing that comes later', async () => {
    const [anna = '', binh = '', chen = ''] = people(3);
    const id = await chat.starts(anna, [binh], 'GROUP');
    await chat.says(anna, id, 'Before Chen');
    expect(await change(anna, id, 'addMembers', { memberIds: [user(chen), user(binh)] })).toBe('AddMembersOk');
    await chat.says(anna, id, 'With Chen');
    expect(await change(anna, id, 'removeMember', { userId: user(chen) })).toBe('RemoveMemberOk');
    await chat.says(anna, id, 'After Chen');

    expect(await chat.texts(chen, id)).toEqual(['2 With Chen']);
    expect(await chat.texts(binh, id)).toEqual(['1 Before Chen', '2 With Chen', '3 After Chen']);
    expect((await chat.says(chen, id, 'Hello?'))['code']).toBe('NOT_ALLOWED');
    expect(await roles(binh, id)).toEqual({ [user(anna)]: 'OWNER', [user(binh)]: 'MEMBER' });
    expect(await chat.conversation(anna, id, 'memberCount viewerRole')).toEqual({ memberCount: 2, viewerRole: 'OWNER' });
  });

  it.each<[string, string, boolean]>([
    ['OWNER', 'addMembers', true],
    ['ADMIN', 'addMembers', true],
    ['MEMBER', 'addMembers', false],
    ['OWNER', 'renameConversation', true],
    ['ADMIN', 'renameConversation', true],
    ['MEMBER', 'renameConversation', false],
    ['OWNER', 'createJoinLink', true],
    ['ADMIN', 'createJoinLink', true],
    ['MEMBER', 'createJoinLink', false],
    ['OWNER', 'changeMemberRole', true],
    ['ADMIN', 'changeMemberRole', false],
    ['MEMBER', 'changeMemberRole', false],
    ['OWNER', 'removeMember', true],
    ['ADMIN', 'removeMember', true],
    ['MEMBER', 'removeMember', false],
  ])('lets its %s %s: %j', async (role, mutation, isAllowed) => {
    const [anna = '', binh = '', chen = '', dung = ''] = people(4);
    const id = await chat.starts(anna, [binh, chen], 'GROUP');
    await change(anna, id, 'changeMemberRole', { userId: user(binh), role: 'ADMIN' });
    const doer = { OWNER: anna, ADMIN: binh, MEMBER: chen }[role] ?? '';
    const other = role === 'MEMBER' ? binh : chen;
    const input = {
      addMembers: { memberIds: [user(dung)] },
      renameConversation: { title: 'Coffee' },
      createJoinLink: {},
      changeMemberRole: { userId: user(other), role: 'ADMIN' },
      removeMember: { userId: user(other) },
    }[mutation];
    const ok = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Ok`;
    expect(await change(doer, id, mutation, input)).toBe(isAllowed ? ok : 'NotAllowedError');
    // Whoever is not in it cannot tell it from none.
    expect(await change(dung, id, mutation, input)).toBe(isAllowed && mutation === 'addMembers' ? 'NotAllowedError' : 'NotFoundError');
  });

  it('is given to somebody when its owner leaves, and has one owner always', async () => {
    const [anna = '', binh = '', chen = ''] = people(3);
    const id = await chat.starts(anna, [binh, chen], 'GROUP');
    await change(anna, id, 'changeMemberRole', { userId: user(chen), role: 'ADMIN' });
    expect(await change(chen, id, 'removeMember', { userId: user(anna) })).toBe('NotAllowedError');
    expect(await change(anna, id, 'leaveConversation')).toBe('LeaveConversationOk');
    expect(await change(anna, id, 'leaveConversation')).toBe('LeaveConversationOk');
    expect(await roles(chen, id)).toEqual({ [user(chen)]: 'OWNER', [user(binh)]: 'MEMBER' });
    expect(await change(chen, id, 'changeMemberRole', { userId: user(binh), role: 'OWNER' })).toBe('ChangeMemberRoleOk');
    expect(await roles(chen, id)).toEqual({ [user(chen)]: 'ADMIN', [user(binh)]: 'OWNER' });
    expect((await chat.me(anna, 'conversations(first: 10) { edges { node { id } } }'))['conversations'].edges).toEqual([]);
  });

  it('takes nobody in who blocks, nor too many, nor into a DIRECT conversation', async () => {
    const [anna = '', binh = '', chen = ''] = people(3);
    const id = await chat.starts(anna, [binh], 'GROUP');
    chat.blocks(chen, anna);
    expect(await change(anna, id, 'addMembers', { memberIds: [user(chen)] })).toBe('NotFoundError');
    expect(await change(anna, id, 'addMembers', { memberIds: [] })).toBe('ValidationError');
    expect(await change(anna, id, 'addMembers', { memberIds: people(100).map(user) })).toBe('ValidationError');
    const direct = await chat.starts(anna, [binh]);
    expect(await change(anna, direct, 'addMembers', { memberIds: people(1).map(user) })).toBe('NotAllowedError');
    expect(await change(anna, direct, 'leaveConversation')).toBe('NotAllowedError');
  });
});

describe('a join link', () => {
  const link = async (anna: string, id: string, more: Record<string, unknown> = {}) =>
    chat.does(
      anna,
      'createJoinLink',
      { conversationId: id, ...more },
      '... on CreateJoinLinkOk { joinLink { id code uses } } ... on ValidationError { fields { path } }',
    );
  const join = async (viewerId: string, code: string) =>
    chat.does(viewerId, 'joinByLink', { code }, '... on JoinByLinkOk { title conversation { id } }');

  it('lets in whoever has it, so many times, until it is ended', async () => {
    const [anna = '', binh = '', chen = '', dung = '', ema = ''] = people(5);
    const id = await chat.starts(anna, [binh], 'GROUP');
    const { joinLink } = await link(anna, id, { maxUses: 2 });
    expect(await chat.asks(chen, `{ joinLinkPreview(code: "${joinLink.code}") { title memberCount needsApproval } }`)).toEqual({
      joinLinkPreview: { title: 'Tea', memberCount: 2, needsApproval: false },
    });

    expect(await join(chen, joinLink.code)).toMatchObject({ conversation: { id } });
    expect(await join(chen, joinLink.code)).toMatchObject({ conversation: { id } });
    expect(await join(dung, joinLink.code)).toMatchObject({ conversation: { id } });
    expect(await join(ema, joinLink.code)).toMatchObject({ code: 'NOT_FOUND' });
    const other = (await link(anna, id))['joinLink'];
    await chat.does(anna, 'revokeJoinLink', { conversationId: id, joinLinkId: other.id });
    expect(await join(ema, other.code)).toEqual(await join(ema, 'no code at all'));
    expect((await chat.conversation(binh, id, 'joinLinks { code }'))?.['joinLinks']).toBeNull();
  });

  it('with approval makes a request that somebody answers', async () => {
    const [anna = '', binh = '', chen = '', dung = ''] = people(4);
    const id = await chat.starts(anna, [binh], 'GROUP');
    const { code } = (await link(anna, id, { needsApproval: true }))['joinLink'];
    for (const one of [chen, dung, chen]) expect(await join(one, code)).toMatchObject({ title: 'Tea', conversation: null });
    const waiting = async () => (await chat.conversation(anna, id, 'joinRequests { user { id } }'))?.['joinRequests'];
    expect(await waiting()).toEqual([{ user: { id: user(chen) } }, { user: { id: user(dung) } }]);

    const answer = async (viewerId: string, userId: string, isApproved: boolean) =>
      (await chat.does(viewerId, 'answerJoinRequest', { conversationId: id, userId: user(userId), isApproved })).__typename;
    expect(await answer(binh, chen, true)).toBe('NotAllowedError');
    const listener = await chat.listens(chen);
    expect(await answer(anna, chen, true)).toBe('AnswerJoinRequestOk');
    expect(await answer(anna, chen, true)).toBe('NotFoundError');
    expect(await answer(anna, dung, false)).toBe('AnswerJoinRequestOk');
    expect(await waiting()).toEqual([]);
    await listener.until((told) => told.some(({ conversation }) => conversation?.id === id));
    await join(dung, code);
    expect(await waiting()).toEqual([]);
    await listener.leave();
  });

  it('asks first for whoever was taken out', async () => {
    const [anna = '', binh = ''] = people(2);
    const id = await chat.starts(anna, [binh], 'GROUP');
    const { code } = (await link(anna, id))['joinLink'];
    await chat.does(anna, 'removeMember', { conversationId: id, userId: user(binh) });
    expect(await join(binh, code)).toMatchObject({ conversation: null });
  });

  it('has an end that is to come and a number that makes sense', async () => {
    const [anna = '', binh = ''] = people(2);
    const id = await chat.starts(anna, [binh], 'GROUP');
    for (const maxUses of [0, -1, 1_001]) expect(await link(anna, id, { maxUses })).toMatchObject({ fields: [{ path: 'maxUses' }] });
    expect(await link(anna, id, { expiresAt: '2020-01-01T00:00:00.000Z' })).toMatchObject({ fields: [{ path: 'expiresAt' }] });
    for (let nth = 0; nth < 10; nth += 1) expect((await link(anna, id)).__typename).toBe('CreateJoinLinkOk');
    expect((await link(anna, id)).__typename).toBe('ValidationError');
  });
});

describe('a conversation in one’s own list', () => {
  const place = async (viewerId: string, id: string, change: Record<string, unknown>) =>
    chat.does(
      viewerId,
      'updateConversationPlace',
      { conversationId: id, ...change },
      '... on UpdateConversationPlaceOk { conversation { isMuted isPinned unreadCount } } ... on ValidationError { fields { path } }',
    );

  it('that is muted does not count among the unread, and stays as it is for others', async () => {
    const { chen, binh, id } = await pair();
    await unread(chen, 1);
    expect(await place(chen, id, { isMuted: true })).toMatchObject({ conversation: { isMuted: true, isPinned: false, unreadCount: 1 } });
    expect((await chat.me(chen, 'unreadMessageCount'))['unreadMessageCount']).toBe(0);
    expect((await chat.conversation(binh, id, 'isMuted'))?.['isMuted']).toBe(false);
    expect(await place(chen, id, { isPinned: true })).toMatchObject({ conversation: { isMuted: true, isPinned: true } });
  });

  it('is pinned with nine others, and no more', async () => {
    const anna = newId();
    const ids = [];
    for (let nth = 0; nth < 11; nth += 1) ids.push(await chat.starts(anna, people(1)));
    for (const id of ids.slice(0, 10)) await place(anna, id, { isPinned: true });
    const [last = ''] = ids.slice(-1);
    expect(await place(anna, last, { isPinned: true })).toMatchObject({ fields: [{ path: 'isPinned' }] });
    expect(await place(anna, ids[9] ?? '', { isPinned: true })).toMatchObject({ conversation: { isPinned: true } });
    const pinned = (await chat.me(anna, 'pinnedConversations { id }'))['pinnedConversations'];
    expect(pinned.map(({ id }: Payload) => id)).toEqual(ids.slice(0, 10).toReversed());
    await place(anna, ids[0] ?? '', { isPinned: false });
    expect((await place(anna, last, { isPinned: true })).__typename).toBe('UpdateConversationPlaceOk');
    expect(await place(newId(), last, { isPinned: true })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a message request', () => {
  const from = async (viewerId: string, directMessagesFrom: string) =>
    chat.does(viewerId, 'updateMessagingPreferences', { directMessagesFrom });
  const lists = async (viewerId: string) => {
    const me = await chat.me(
      viewerId,
      'unreadMessageCount conversations(first: 10) { edges { node { id } } } conversationRequests(first: 10) { edges { node { id isRequest } } }',
    );
    const ids = (name: string): string[] => me[name].edges.map(({ node }: Payload) => node['id']);
    return { conversations: ids('conversations'), requests: ids('conversationRequests'), unread: me['unreadMessageCount'] };
  };

  it('waits apart until it is accepted, and nobody learns whether it was read', async () => {
    const [binh = '', chen = ''] = people(2);
    await from(chen, 'REQUESTS');
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'Do I know you?');
    expect(await lists(chen)).toEqual({ conversations: [], requests: [id], unread: 0 });

    const listener = await chat.listens(binh);
    await chat.reads(chen, id, 1);
    expect((await chat.does(chen, 'acceptConversationRequest', { conversationId: id })).__typename).toBe('AcceptConversationRequestOk');
    await chat.says(binh, id, 'So you do');
    await unread(chen, 1);
    expect(await lists(chen)).toEqual({ conversations: [id], requests: [], unread: 1 });
    await chat.reads(chen, id, 2);
    await listener.until((told) => told.some(({ __typename }) => __typename === 'MessageRead'));
    expect(listener.told.filter(({ __typename }) => __typename === 'MessageRead').map(({ seq }) => seq)).toEqual([2]);
    await listener.leave();
  });

  it('is taken by an answer, and is none from somebody whom one follows', async () => {
    const [binh = '', chen = '', dung = ''] = people(3);
    await from(chen, 'REQUESTS');
    follows(chen, dung);
    const one = await chat.starts(binh, [chen]);
    const other = await chat.starts(dung, [chen]);
    expect(await lists(chen)).toMatchObject({ conversations: [other], requests: [one] });
    await chat.says(chen, one, 'Hello');
    expect((await lists(chen)).requests).toEqual([]);
  });

  it('that is declined comes no more', async () => {
    const [binh = '', chen = ''] = people(2);
    await from(chen, 'REQUESTS');
    const id = await chat.starts(binh, [chen]);
    expect((await chat.does(chen, 'declineConversationRequest', { conversationId: id })).__typename).toBe('DeclineConversationRequestOk');
    await chat.says(binh, id, 'Please');
    expect(await lists(chen)).toEqual({ conversations: [], requests: [], unread: 0 });
    expect((await chat.does(binh, 'declineConversationRequest', { conversationId: id })).__typename).toBe('NotFoundError');
  });

  it('is not possible where only followed people may write: as if one were blocked', async () => {
    const [binh = '', chen = '', dung = ''] = people(3);
    await from(chen, 'FOLLOWING');
    follows(chen, dung);
    const id = await chat.starts(binh, [chen]);
    const blocked = await chat.starts(binh, [dung]);
    chat.blocks(dung, binh);
    const answerOf = async (conversationId: string) => {
      const { __typename, code, ['reason']: reason } = await chat.says(binh, conversationId, 'Hello?');
      return { __typename, code, reason };
    };
    expect(await answerOf(id)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await answerOf(id)).toEqual(await answerOf(blocked));
    expect((await chat.says(dung, await chat.starts(dung, [chen]), 'Hi')).__typename).toBe('SendMessageOk');
  });
});

describe('what somebody does not give away', () => {
  it('is a receipt that neither side is told, once one of them has them off', async () => {
    const { binh, chen, id } = await pair();
    await chat.does(binh, 'updateMessagingPreferences', { readReceipts: false });
    const [mine, theirs] = [await chat.listens(binh), await chat.listens(chen)];
    await chat.reads(chen, id, 1);
    await chat.says(chen, id, 'Read it');
    await chat.reads(binh, id, 2);
    await chat.says(binh, id, 'So did I');
    // The first message may come before they listen, or after.
    for (const listener of [mine, theirs]) await listener.until(() => listener.messages.at(-1) === '3 So did I');

    const readBy = (listener: typeof mine) =>
      listener.told.filter(({ __typename }) => __typename === 'MessageRead').map((told) => told['user'].id);
    expect([...new Set(readBy(mine))]).toEqual([user(binh)]);
    expect([...new Set(readBy(theirs))]).toEqual([user(chen)]);
    await mine.leave();
    await theirs.leave();
  });

  it('is that they write', async () => {
    const { binh, chen, id } = await pair();
    const listener = await chat.listens(chen);
    const types = async (viewerId: string, isTyping = true) => chat.does(viewerId, 'setTyping', { conversationId: id, isTyping });
    expect((await types(binh)).__typename).toBe('SetTypingOk');
    await listener.until((told) => told.some(({ __typename }) => __typename === 'TypingChanged'));
    expect(listener.told.at(-1)).toMatchObject({ conversation: { id }, user: { id: user(binh) }, isTyping: true });
    await types(binh);
    await types(binh, false);
    await listener.until((told) => told.some(({ isTyping }) => isTyping === false));
    expect(listener.told.filter(({ __typename }) => __typename === 'TypingChanged')).toHaveLength(2);

    await chat.does(binh, 'updateMessagingPreferences', { typingIndicators: false });
    await types(binh);
    await chat.says(binh, id, 'There');
    await listener.until(() => listener.messages.length === 1);
    expect(listener.told.filter(({ __typename }) => __typename === 'TypingChanged')).toHaveLength(2);
    expect((await types(newId())).code).toBe('NOT_FOUND');
    await listener.leave();
  });
});

describe('presence', () => {
  const beat = async (viewerId: string, more: Record<string, unknown> = {}) =>
    chat.does(
      viewerId,
      'heartbeat',
      { deviceId: 'phone', ...more },
      '... on HeartbeatOk { againWithinMs } ... on ValidationError { fields { path } }',
    );
  const seen = async (viewerId: string | null, id: string) => {
    const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { presence { status lastSeenAt } } } }';
    return (await chat.asks(viewerId, query, { of: [{ __typename: 'User', id: user(id) }] }))._entities[0].presence;
  };

  it('is what the most awake of somebody’s devices says, to whom they let see it', async () => {
    const [anna = '', binh = '', chen = ''] = people(3);
    for (const [one, other] of [
      [anna, binh],
      [binh, anna],
    ] as const)
      chat.others.relations.set(`${one} ${other}`, { ...STRANGERS, isFollowing: true, isFollowedBy: true });
    expect(await seen(binh, anna)).toEqual({ status: 'OFFLINE', lastSeenAt: null });
    expect(await beat(anna)).toMatchObject({ againWithinMs: 30_000 });
    await beat(anna, { deviceId: 'desk', isIdle: true });
    expect(await seen(binh, anna)).toEqual({ status: 'ONLINE', lastSeenAt: null });
    await beat(anna, { isLeaving: true });
    expect(await seen(binh, anna)).toMatchObject({ status: 'IDLE' });
    await beat(anna, { deviceId: 'desk', isLeaving: true });
    expect(await seen(binh, anna)).toEqual({ status: 'OFFLINE', lastSeenAt: expect.stringMatching(/:[0-5][05]:00\.000Z$/u) });

    expect(await seen(chen, anna)).toBeNull();
    expect(await seen(null, anna)).toBeNull();
    await chat.does(anna, 'updateMessagingPreferences', { presenceAudience: 'EVERYBODY' });
    expect(await seen(chen, anna)).not.toBeNull();
    await chat.does(chen, 'updateMessagingPreferences', { presenceAudience: 'NOBODY' });
    expect(await seen(chen, anna)).toBeNull();
  });

  it('needs a device that has a name', async () => {
    for (const deviceId of ['', ' ', 'x'.repeat(101)])
      expect(await beat(newId(), { deviceId })).toMatchObject({ fields: [{ path: 'deviceId' }] });
  });
});

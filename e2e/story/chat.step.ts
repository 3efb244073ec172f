import { randomUUID } from 'node:crypto';
import { equal, ok } from './expect.js';
import type { Answer } from './answer.js';
import { Person } from './person.js';
import type { Step } from './stage.js';

const PASSWORD = 'a long walk by West Lake';

/** The DIRECT conversation of two people, or why there is none. */
export const startsWith = async (one: Person, other: Person): Promise<Answer> =>
  one.does('StartConversation', { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [other.userId] });

export const saysTo = async (one: Person, conversationId: string, text: string, clientMessageId: string = randomUUID()): Promise<Answer> =>
  one.does('Send', { conversationId, clientMessageId, text });

const LINES = ['Chào Chen!', '你好！', 'Trà sen ngon lắm', '在哪里买？', 'Ở chỗ Anna'];

export const chatStep: Step = {
  number: 8,
  title: 'Binh and Chen chat; in order on the inbox, once each, read to the end; a stranger is told nothing',
  async play({ url, binh, chen, posts, chats }) {
    const { conversation } = await startsWith(binh, chen);
    const conversationId: string = conversation.id;
    chats.set('binh and chen', conversationId);
    equal((await startsWith(chen, binh)).conversation.id, conversationId);
    equal(conversation.members.edges.map(({ node }: Answer) => node.handle).toSorted(), [binh.handle, chen.handle].toSorted());

    const { me } = await chen.plays('Chats');
    const live = chen.follows('Inbox', { after: me.inboxCursor });
    const said: Answer[] = [];
    for (const [n, text] of LINES.entries()) said.push((await saysTo(n % 2 === 0 ? binh : chen, conversationId, text)).message);
    equal(
      said.map(({ seq }) => seq),
      [1, 2, 3, 4, 5],
    );
    const key = randomUUID();
    const [once, again] = await Promise.all([
      saysTo(binh, conversationId, 'Một lần thôi', key),
      saysTo(binh, conversationId, 'Một lần thôi', key),
    ]);
    equal([once.message.id, once.message.seq], [again.message.id, 6]);
    const postId = posts.get('shop');
    const shared = await binh.does('Send', { conversationId, clientMessageId: randomUUID(), text: 'Đây này', sharedId: postId });
    equal(shared.message.shared, { __typename: 'Post', id: postId });

    await live.sees('the last message', (event) => event.message?.seq === 7);
    const heard = live.events.filter((event) => event.message !== undefined).map(({ message }) => message);
    equal(
      heard.map(({ seq, text }) => `${seq} ${text}`),
      [...LINES, 'Một lần thôi', 'Đây này'].map((text, n) => `${n + 1} ${text}`),
    );
    equal(heard[0].sender.handle, binh.handle);

    const [{ node }] = (await chen.plays('Chats')).me.conversations.edges;
    equal([node.id, node.unreadCount, node.lastMessage.seq, node.messages.edges.length], [conversationId, 5, 7, 7]);
    const listening = binh.follows('Inbox', {});
    await saysTo(binh, conversationId, 'Đọc chưa?');
    await listening.sees('his own, from another device', (event) => event.message?.seq === 8);
    const read = await chen.does('Read', { conversationId, seq: 8 });
    equal(read.conversation, { id: conversationId, unreadCount: 0 });
    equal((await chen.plays('Chats')).me.unreadMessageCount, 0);
    await listening.sees('that Chen has read', (event) => event.user?.handle === chen.handle && event.seq === 8);
    await Promise.all([live.close(), listening.close()]);

    const stranger = new Person(url, `eva_${randomUUID().slice(0, 6)}`);
    const account = { handle: stranger.handle, displayName: 'Eva', email: `${stranger.handle}@example.org`, password: PASSWORD };
    stranger.tokens = (await stranger.does('Register', account)).session;
    const never = `conversation_${conversationId.slice(13, -4)}zzzz`;
    const refused = await saysTo(stranger, conversationId, 'hey');
    equal(refused, await saysTo(stranger, never, 'hey'));
    equal(refused.code, 'NOT_FOUND');
    equal((await stranger.does('Read', { conversationId, seq: 1 })).code, 'NOT_FOUND');
    ok((await stranger.plays('Chats')).me.conversations.edges.length === 0);
    return 'eight messages in order, one of them sent twice; nothing unread; the post is shown to whom may see it';
  },
};

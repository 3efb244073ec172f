import { newId } from '@plaza/kernel/id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, type Notices, openNotices } from './notices-under-test.js';

let notices: Notices;
beforeAll(async () => {
  notices = await openNotices();
});
afterAll(() => notices.close());

const happen: Notices['happen'] = (...events) => notices.happen(...events);
const listed: Notices['listed'] = (userId) => notices.listed(userId);
const unread: Notices['unread'] = (userId) => notices.unread(userId);
const told: Notices['told'] = (userId) => notices.told(userId);

const [ADDED, REMOVED] = ['NOTIFICATION_ADDED', 'NOTIFICATION_REMOVED'];

describe('a notification', () => {
  it('stands for fifty likes of one post, whoever comes and goes', async () => {
    const [authorId, postId] = [newId(), newId()];
    const likers = Array.from({ length: 50 }, () => newId());
    await happen(...likers.map((userId) => event('post.liked', { postId, authorId, userId })));
    expect(await listed(authorId)).toMatchObject([{ kind: 'LIKE', count: 50, subjectId: postId }]);
    expect((await listed(authorId))[0]?.actors).toHaveLength(50);
    await happen(...likers.slice(0, 20).map((userId) => event('post.unliked', { postId, authorId, userId })));
    expect(await listed(authorId)).toMatchObject([{ count: 30 }]);
    expect(await unread(authorId)).toBe(1);
    // Its growth up to ten, then at 20 and 50.
    expect(await told(authorId)).toEqual(Array.from({ length: 12 }, () => ADDED));
  });

  it('is gone when the last cause of it is taken back, and its reader is told', async () => {
    const [authorId, postId, userId] = [newId(), newId(), newId()];
    await happen(event('post.liked', { postId, authorId, userId }));
    await happen(event('post.unliked', { postId, authorId, userId }));
    expect(await listed(authorId)).toEqual([]);
    expect(await unread(authorId)).toBe(0);
    expect(await told(authorId)).toEqual([ADDED, REMOVED]);
  });

  it('tells nobody of their own acts', async () => {
    const [authorId, postId] = [newId(), newId()];
    await happen(
      event('post.liked', { postId, authorId, userId: authorId }),
      event('comment.added', { commentId: newId(), postId, postAuthorId: authorId, authorId, replyToAuthorId: null }),
      event('post.published', {
        postId,
        authorId,
        revision: 1,
        audience: 'PUBLIC',
        language: null,
        createdAt: new Date().toISOString(),
        mentionedUserIds: [authorId],
      }),
    );
    expect(await listed(authorId)).toEqual([]);
  });

  it('of what was read is closed: what comes next is another one, and a like taken back and given again is none', async () => {
    const [authorId, postId, binh, chen] = [newId(), newId(), newId(), newId()];
    await happen(event('post.liked', { postId, authorId, userId: binh }));
    await notices.database.transaction((tx) => notices.store.markRead(tx, authorId, null, new Date()));
    expect(await unread(authorId)).toBe(0);
    await happen(event('post.unliked', { postId, authorId, userId: binh }), event('post.liked', { postId, authorId, userId: binh }));
    expect(await unread(authorId)).toBe(0);
    expect(await listed(authorId)).toMatchObject([{ count: 1, actors: [binh] }]);
    await happen(event('post.liked', { postId, authorId, userId: chen }));
    expect(await unread(authorId)).toBe(1);
    expect(await listed(authorId)).toMatchObject([
      { count: 1, actors: [chen] },
      { count: 1, actors: [binh] },
    ]);
  });

  it('goes with its post and comes back with it', async () => {
    const [authorId, postId, binh, chen] = [newId(), newId(), newId(), newId()];
    const comment = { commentId: newId(), postId, postAuthorId: authorId, authorId: binh, replyToAuthorId: chen };
    await happen(event('post.liked', { postId, authorId, userId: binh }), event('comment.added', comment));
    expect([await unread(authorId), await unread(chen)]).toEqual([2, 1]);
    await happen(event('post.deleted', { postId, authorId }));
    expect([await listed(authorId), await listed(chen), await unread(authorId), await unread(chen)]).toEqual([[], [], 0, 0]);
    expect((await told(chen)).slice(-1)).toEqual([REMOVED]);
    const post = { postId, authorId, revision: 2, language: null, createdAt: new Date().toISOString(), mentionedUserIds: [] };
    await happen(event('post.restored', { ...post, audience: 'PUBLIC' }));
    expect([await unread(authorId), await unread(chen)]).toEqual([2, 1]);
    expect((await told(chen)).slice(-1)).toEqual([ADDED]);
    await happen(event('post.edited', { ...post, revision: 3, audience: 'ONLY_ME' }));
    expect([await unread(authorId), await unread(chen)]).toEqual([2, 0]);
  });

  it('of a mention goes when the post names the person no more', async () => {
    const [authorId, postId, binh, chen] = [newId(), newId(), newId(), newId()];
    const post = { postId, authorId, audience: 'PUBLIC', language: null, createdAt: new Date().toISOString() };
    await happen(event('post.published', { ...post, revision: 1, mentionedUserIds: [binh, chen] }));
    expect([await listed(binh), await listed(chen)]).toMatchObject([[{ kind: 'MENTION', actors: [authorId] }], [{ kind: 'MENTION' }]]);
    await happen(event('post.edited', { ...post, revision: 2, mentionedUserIds: [chen] }));
    expect(await listed(binh)).toEqual([]);
    expect(await told(chen)).toEqual([ADDED]);
  });

  it('leaves out who is blocked or muted, before and after, and brings them back', async () => {
    const [authorId, postId, binh, chen] = [newId(), newId(), newId(), newId()];
    await happen(event('post.liked', { postId, authorId, userId: binh }), event('post.liked', { postId, authorId, userId: chen }));
    await happen(event('block.created', { blockerId: authorId, blockedId: binh }));
    expect(await listed(authorId)).toMatchObject([{ count: 1, actors: [chen] }]);
    await happen(event('mute.created', { muterId: authorId, mutedId: chen }));
    expect([await listed(authorId), await unread(authorId)]).toEqual([[], 0]);
    await happen(event('comment.added', { commentId: newId(), postId, postAuthorId: authorId, authorId: chen, replyToAuthorId: null }));
    expect(await listed(authorId)).toEqual([]);
    await happen(event('mute.removed', { muterId: authorId, mutedId: chen }));
    expect((await listed(authorId)).map(({ kind }) => kind).toSorted()).toEqual(['COMMENT', 'LIKE']);
    await happen(event('block.removed', { blockerId: authorId, blockedId: binh }));
    expect((await listed(authorId)).find(({ kind }) => kind === 'LIKE')).toMatchObject({ count: 2 });
  });

  it('of an answer goes to whom it answers, as a comment to the author of the post, once to each', async () => {
    const [anna, postId, binh, chen] = [newId(), newId(), newId(), newId()];
    await happen(event('comment.added', { commentId: newId(), postId, postAuthorId: anna, authorId: chen, replyToAuthorId: binh }));
    await happen(event('comment.added', { commentId: newId(), postId, postAuthorId: anna, authorId: chen, replyToAuthorId: anna }));
    expect((await listed(anna)).map(({ kind }) => kind).toSorted()).toEqual(['COMMENT', 'REPLY']);
    expect((await listed(binh)).map(({ kind }) => kind)).toEqual(['REPLY']);
  });

  it('tells a buyer of each state of an order once, and the seller of the order as placed, then as paid', async () => {
    const [buyerId, sellerId, orderId] = [newId(), newId(), newId()];
    const order = { orderId, buyerId, sellerIds: [sellerId] };
    await happen(event('order.changed', { ...order, status: 'OPEN', revision: 1 }));
    expect([await listed(buyerId), await listed(sellerId)]).toMatchObject([[], [{ kind: 'ORDER_PLACED', count: 1, actors: [buyerId] }]]);
    await happen(
      event('order.changed', { ...order, status: 'CONFIRMED', revision: 2 }),
      event('order.changed', { ...order, status: 'CONFIRMED', revision: 3 }),
    );
    expect([await listed(buyerId), await listed(sellerId)]).toMatchObject([
      [{ kind: 'ORDER', subjectId: orderId, count: 1, actors: [] }],
      [{ kind: 'ORDER_PAID' }],
    ]);
    await happen(event('order.changed', { ...order, status: 'CANCELLED', revision: 4 }));
    expect([await listed(buyerId), await listed(sellerId)]).toMatchObject([[{ kind: 'ORDER', count: 2 }], []]);
  });

  it('is none for a buyer who takes back what they have not paid', async () => {
    const [buyerId, orderId] = [newId(), newId()];
    await happen(event('order.changed', { orderId, buyerId, status: 'CANCELLED', revision: 2 }));
    expect(await listed(buyerId)).toEqual([]);
  });

  it('that was taken back is forgotten after a while, and nothing that stands', async () => {
    const [authorId, binh, chen] = [newId(), newId(), newId()];
    const long = new Date('2020-01-01T00:00:00Z');
    const like = { postId: newId(), authorId };
    await happen(event('post.liked', { ...like, userId: binh }, long), event('post.liked', { ...like, userId: chen }, long));
    await happen(event('post.unliked', { ...like, userId: chen }, long));
    expect(await notices.store.forgetTakenBack(new Date('2020-01-01T00:00:01Z'), 10)).toBe(1);
    expect(await listed(authorId)).toMatchObject([{ count: 1, actors: [binh] }]);
  });
});

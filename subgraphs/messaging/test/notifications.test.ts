import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { countingStatements } from '@plaza/db/statements';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import { TEST_SECRET, testHost } from '@plaza/testing/subgraph-door';
import { STRANGERS } from '@plaza/visibility/relation';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event } from './notices-under-test.js';
import { MessagingUnderTest, type Payload } from './messaging-under-test.js';

let world: MessagingUnderTest;
beforeAll(async () => {
  world = await MessagingUnderTest.start();
});
afterAll(() => world.stop());

/** Events of social, content and commerce reach messaging. */
async function happen(...events: readonly ReturnType<typeof event>[]): Promise<void> {
  const claims = { viewer: null, issuer: 'social', requestId: newId(), address: null, userAgent: null };
  await world.running.deliver(events, testHost('messaging', '', '').assertions.mint(claims, 'messaging', assertionBody.deliver(events)));
}

const ROW = `id kind count readAt createdAt lastActivityAt actors(first: 3) { edges { node { id } } pageInfo { hasNextPage endCursor } }
  subject { __typename ... on Post { ref } ... on Comment { ref } ... on Order { ref } ... on User { id } }`;

async function list(viewerId: string, args = 'first: 20'): Promise<readonly Payload[]> {
  const me = await world.me(viewerId, `notifications(${args}) { edges { cursor node { ${ROW} } } pageInfo { endCursor hasNextPage } }`);
  return me['notifications'].edges.map(({ node }: { node: Payload }) => node);
}

const unread = async (viewerId: string): Promise<number> =>
  (await world.me(viewerId, 'unreadNotificationCount'))['unreadNotificationCount'];

/** A post of somebody's that the others see. */
function aPost(authorId: string, ...readers: readonly string[]): string {
  const postId = newId();
  for (const id of [authorId, ...readers]) world.others.seenPosts.add(`${id} ${postId}`);
  return postId;
}

const liked = (authorId: string, postId: string, userId = newId()) => event('post.liked', { postId, authorId, userId });
const user = (id: string): string => toTypeId('user', id);

describe('the notifications of a viewer', () => {
  it('say who did what to what', async () => {
    const [anna, binh, chen] = [newId(), newId(), newId()];
    const postId = aPost(anna);
    const commentId = newId();
    await happen(
      liked(anna, postId, binh),
      liked(anna, postId, chen),
      event('comment.added', { commentId, postId, postAuthorId: anna, authorId: chen, replyToAuthorId: null }),
      event('followRequest.created', { followerId: binh, followeeId: anna }),
      event('order.changed', { orderId: postId, buyerId: anna, status: 'CONFIRMED', revision: 2 }),
    );
    const rows = await list(anna);
    const byKind = new Map(rows.map((row) => [row['kind'], row]));
    expect(byKind.get('LIKE')).toMatchObject({
      count: 2,
      readAt: null,
      subject: { __typename: 'Post', ref: toTypeId('post', postId) },
    });
    expect(new Set(byKind.get('LIKE')?.['actors'].edges.map(({ node }: Payload) => node.id))).toEqual(new Set([user(binh), user(chen)]));
    expect(byKind.get('COMMENT')).toMatchObject({ subject: { __typename: 'Comment', ref: toTypeId('comment', commentId) } });
    expect(byKind.get('FOLLOW_REQUEST')).toMatchObject({ subject: { __typename: 'User', id: user(anna) } });
    expect(byKind.get('ORDER')).toMatchObject({ actors: { edges: [] }, subject: { __typename: 'Order', ref: toTypeId('order', postId) } });
    expect(await unread(anna)).toBe(4);
  });

  it('are theirs alone, by id as well', async () => {
    const [anna, binh] = [newId(), newId()];
    await happen(liked(anna, aPost(anna), binh));
    const [row] = await list(anna);
    const ask = async (viewerId: string | null) =>
      (
        await world.asks(viewerId, 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Notification { kind } } }', {
          of: [{ __typename: 'Notification', ref: row?.['id'] }],
        })
      )._entities[0];
    expect([await ask(anna), await ask(binh), await ask(null)]).toEqual([{ kind: 'LIKE' }, null, null]);
  });

  it('hold today’s rules: whom a block or a mute hides is gone at once, and so is what hangs on a post that is hidden', async () => {
    const [anna, binh, chen] = [newId(), newId(), newId()];
    const postId = aPost(anna);
    const other = aPost(binh, anna);
    await happen(
      liked(anna, postId, binh),
      liked(anna, postId, chen),
      event('comment.added', { commentId: newId(), postId: other, postAuthorId: binh, authorId: chen, replyToAuthorId: anna }),
    );
    world.blocks(anna, binh);
    expect(await unread(anna)).toBe(2);
    expect((await list(anna)).map(({ kind, actors }) => [kind, actors.edges.length])).toEqual([
      ['REPLY', 1],
      ['LIKE', 1],
    ]);
    world.others.seenPosts.delete(`${anna} ${other}`);
    expect((await list(anna)).map(({ kind }) => kind)).toEqual(['LIKE']);
    expect(await unread(anna)).toBe(1);
    world.others.relations.set(`${anna} ${chen}`, { ...STRANGERS, mutes: true });
    world.others.epochs.set(anna, 7);
    expect([await list(anna), await unread(anna)]).toEqual([[], 0]);
  });

  it('come in pages that are full, each once, however many are hidden', async () => {
    const anna = newId();
    await happen(...Array.from({ length: 24 }, (_, n) => liked(anna, n % 3 === 0 ? newId() : aPost(anna))));
    const found: unknown[] = [];
    let after = '';
    for (let more = true; more;) {
      const { notifications } = await world.me(
        anna,
        `notifications(first: 5${after}) { edges { node { id } } pageInfo { endCursor hasNextPage } }`,
      );
      found.push(...notifications.edges.map(({ node }: Payload) => node.id));
      more = notifications.pageInfo.hasNextPage;
      if (more) expect(notifications.edges).toHaveLength(5);
      after = `, after: "${notifications.pageInfo.endCursor}"`;
    }
    expect(found).toHaveLength(16);
    expect(new Set(found).size).toBe(16);
  });

  it('take as many SQL statements for forty as for one', async () => {
    const anna = newId();
    await happen(...Array.from({ length: 41 }, () => liked(anna, aPost(anna))));
    const counts: number[] = [];
    for (const first of [1, 10, 40]) {
      const { statements, result } = await countingStatements(() => list(anna, `first: ${first}`));
      expect(result).toHaveLength(first);
      counts.push(statements);
    }
    expect(new Set(counts).size, counts.join()).toBe(1);
  });

  it('name actors page by page', async () => {
    const anna = newId();
    const postId = aPost(anna);
    await happen(...Array.from({ length: 5 }, () => liked(anna, postId)));
    const [row] = await list(anna);
    expect(row).toMatchObject({ count: 5, actors: { pageInfo: { hasNextPage: true } } });
    const { notifications } = await world.me(
      anna,
      `notifications(first: 1) { edges { node { actors(first: 3, after: "${row?.['actors'].pageInfo.endCursor}") { edges { node { id } } pageInfo { hasNextPage } } } } }`,
    );
    const { edges, pageInfo } = notifications.edges[0].node.actors;
    expect([edges.length, pageInfo.hasNextPage]).toEqual([2, false]);
  });
});

describe('reading', () => {
  it('up to one leaves those above unread; without one it is all', async () => {
    const anna = newId();
    for (let n = 0; n < 3; n += 1) await happen(liked(anna, aPost(anna)));
    const [, middle] = await list(anna);
    const reading = '... on MarkNotificationsReadOk { unreadNotificationCount }';
    expect(await world.does(anna, 'markNotificationsRead', { upTo: middle?.['id'] }, reading)).toMatchObject({
      unreadNotificationCount: 1,
    });
    expect((await list(anna)).map(({ readAt }) => readAt === null)).toEqual([true, false, false]);
    expect(await world.does(anna, 'markNotificationsRead', {}, reading)).toMatchObject({ unreadNotificationCount: 0 });
    expect(await world.does(newId(), 'markNotificationsRead', { upTo: middle?.['id'] })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is live: what comes is told on the inbox, what is taken back or dismissed as well', async () => {
    const [anna, binh] = [newId(), newId()];
    const postId = aPost(anna);
    const listener = await world.listens(anna);
    await happen(liked(anna, postId, binh));
    await listener.until((told) => told.some(({ __typename }) => __typename === 'NotificationAdded'));
    await happen(event('post.unliked', { postId, authorId: anna, userId: binh }));
    await listener.until((told) => told.some(({ __typename }) => __typename === 'NotificationRemoved'));
    await happen(liked(anna, aPost(anna), binh));
    const [row] = await list(anna);
    expect(
      await world.does(
        anna,
        'dismissNotification',
        { notificationId: row?.['id'] },
        '... on DismissNotificationOk { unreadNotificationCount }',
      ),
    ).toMatchObject({
      unreadNotificationCount: 0,
    });
    await listener.until((told) => told.filter(({ __typename }) => __typename === 'NotificationRemoved').length === 2);
    expect(await list(anna)).toEqual([]);
    expect(await world.does(anna, 'dismissNotification', { notificationId: row?.['id'] })).toMatchObject({ code: 'NOT_FOUND' });
    await listener.leave();
  });
});

describe('policy', () => {
  it('filters new accounts into requests; what was filtered is merged when it is let through, and unseen when it is sent away', async () => {
    const [anna, binh, chen] = [newId(), newId(), newId()];
    const postId = aPost(anna);
    await world.does(anna, 'setNotificationPolicy', { newAccounts: 'FILTER' });
    await happen(liked(anna, postId, binh), liked(anna, postId, chen), event('follow.created', follow(binh, anna)));
    expect([await list(anna), await unread(anna)]).toEqual([[], 0]);
    const waiting = async () =>
      (await world.me(anna, 'notificationRequests { edges { node { user { id } count } } }'))['notificationRequests'].edges.map(
        ({ node }: Payload) => [node.user.id, node.count],
      );
    expect(new Set(await waiting())).toEqual(
      new Set([
        [user(binh), 2],
        [user(chen), 1],
      ]),
    );
    await world.does(anna, 'acceptNotificationRequest', { userId: user(binh) });
    await world.does(anna, 'dismissNotificationRequest', { userId: user(chen) });
    expect(
      (await list(anna)).map(({ kind, count }) => [kind, count]).toSorted((one, other) => String(one).localeCompare(String(other))),
    ).toEqual([
      ['FOLLOW', 1],
      ['LIKE', 1],
    ]);
    await happen(liked(anna, aPost(anna), chen), liked(anna, aPost(anna), binh));
    expect(await unread(anna)).toBe(3);
    expect(await waiting()).toEqual([]);
    expect(await world.does(anna, 'acceptNotificationRequest', { userId: user(newId()) })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets those through whom the viewer follows, and who have been here for long', async () => {
    const [anna, binh] = [newId(), newId()];
    // A UUIDv7 of 2024.
    const old = `018d0000${newId().slice(8)}`;
    await world.does(anna, 'setNotificationPolicy', { newAccounts: 'FILTER' });
    await happen(event('follow.created', follow(anna, binh)));
    await happen(liked(anna, aPost(anna), binh), liked(anna, aPost(anna), old), liked(anna, aPost(anna)));
    expect(await unread(anna)).toBe(2);
  });

  it('is a preference for each kind: what is not wanted in the app is not there', async () => {
    const anna = newId();
    const set = await world.does(
      anna,
      'setNotificationPreference',
      { kind: 'LIKE', inApp: false, email: true },
      '... on SetNotificationPreferenceOk { preference { kind inApp push email sms } }',
    );
    expect(set).toMatchObject({ preference: { kind: 'LIKE', inApp: false, push: true, email: true, sms: false } });
    await happen(liked(anna, aPost(anna)), event('follow.created', follow(newId(), anna)));
    expect((await list(anna)).map(({ kind }) => kind)).toEqual(['FOLLOW']);
    const { notificationPreferences, notificationPolicy } = await world.me(
      anna,
      'notificationPreferences { kind inApp } notificationPolicy { newAccounts digest }',
    );
    expect(notificationPreferences).toHaveLength(10);
    expect(notificationPreferences).toContainEqual({ kind: 'LIKE', inApp: false });
    expect(notificationPolicy).toEqual({ newAccounts: 'ACCEPT', digest: 'DAILY' });
  });

  it('of the digest is ended by the token of a mail, without a session', async () => {
    const anna = newId();
    const token = new UnsubscribeTokens(TEST_SECRET).seal({ userId: anna, list: 'digest' });
    expect(await world.does(null, 'unsubscribeFromDigest', { token })).toMatchObject({ __typename: 'UnsubscribeFromDigestOk' });
    expect((await world.me(anna, 'notificationPolicy { digest }'))['notificationPolicy']).toEqual({ digest: 'OFF' });
    expect(await world.does(null, 'unsubscribeFromDigest', { token: `${token}x` })).toMatchObject({ code: 'VALIDATION' });
  });
});

it('is ended by the page that a mail links to: by its button, not by looking', async () => {
  const anna = newId();
  const digest = async () => (await world.me(anna, 'notificationPolicy { digest }'))['notificationPolicy'].digest;
  const app = express().use('/messaging', world.running.routes ?? []);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const link = `http://127.0.0.1:${port}/messaging/unsubscribe?token=${new UnsubscribeTokens(TEST_SECRET).seal({ userId: anna, list: 'digest' })}`;
  expect((await fetch(link)).status).toBe(200);
  expect(await digest()).toBe('DAILY');
  expect((await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status).toBe(200);
  expect(await digest()).toBe('OFF');
  expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(410);
  server.closeAllConnections();
  server.close();
});

const follow = (followerId: string, followeeId: string) => ({
  followerId,
  followeeId,
  reposts: true,
  languages: [],
  createdAt: new Date().toISOString(),
});

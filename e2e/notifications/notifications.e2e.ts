import { readFileSync } from 'node:fs';
import { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import type { Answer, Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttableClient, cuttableClient } from '../cuttable-client.js';
import { startPlaza } from '../world.js';

const INBOX = readFileSync(new URL('../../schema/operations/Inbox.graphql', import.meta.url), 'utf8');

let world: World;
beforeAll(async () => {
  world = await startPlaza();
});
afterAll(() => world.stop());

/** Somebody's open inbox. */
class OpenInbox {
  readonly told: Answer[] = [];
  readonly #line: CuttableClient;
  #more: () => void = () => {};

  constructor(url: string, person: Person, after: string) {
    this.#line = cuttableClient(url, person.tokens.accessToken);
    this.#line.client.subscribe<Answer>(
      { query: INBOX, variables: { after } },
      {
        next: ({ data }) => {
          if (data != null) this.told.push(data['inbox']);
          this.#more();
        },
        error: () => this.#more(),
        complete: () => this.#more(),
      },
    );
  }

  /** The first event that is so, told before or to come. */
  async first(isIt: (event: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const found = this.told.find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.#line.client.dispose();
  }
}

/** What somebody is told of, by the document of the story. */
async function notes(person: Person): Promise<{ readonly unread: number; readonly rows: readonly Answer[] }> {
  const { me } = await person.plays('Notifications');
  return { unread: me.unreadNotificationCount, rows: me.notifications.edges.map(({ node }: Answer) => node) };
}

const brief = ({ kind, count, actors }: Answer) => [kind, count, actors.edges.map(({ node }: Answer) => node.handle).toSorted()];

describe('notifications', { timeout: 120_000 }, () => {
  it('come live and into the list: likes as one, with a comment and a follow beside it; none for one’s own acts', async () => {
    const [anna, binh, chen, dung] = await world.people('anna', 'binh', 'chen', 'dung');
    const { me } = await anna.plays('Me');
    const inbox = new OpenInbox(world.url, anna, me.inboxCursor);
    const postId = await anna.publishes('tea');
    await anna.likes(postId);
    await binh.likes(postId);
    const live = await inbox.first(({ notification }) => notification?.kind === 'LIKE');
    expect(live.notification).toMatchObject({ actors: { edges: [{ node: { handle: binh.handle } }] }, subject: { __typename: 'Post' } });

    await chen.likes(postId);
    await dung.likes(postId);
    await chen.comments(postId, 'good');
    await dung.follows(anna);
    await world.settled();
    const { unread, rows } = await notes(anna);
    expect(unread).toBe(3);
    expect(rows.map(brief).toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      ['COMMENT', 1, [chen.handle]],
      ['FOLLOW', 1, [dung.handle]],
      ['LIKE', 3, [binh.handle, chen.handle, dung.handle].toSorted()],
    ]);
    expect(rows.every(({ readAt }) => readAt === null)).toBe(true);
    await inbox.close();
  });

  it('are taken back with what they tell of, and gone with who is blocked', async () => {
    const [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
    const postId = await anna.publishes(`for @${binh.handle}`);
    const { me } = await anna.plays('Me');
    const inbox = new OpenInbox(world.url, anna, me.inboxCursor);
    await chen.likes(postId);
    const commentId = await chen.comments(postId, 'hm');
    await binh.follows(anna);
    await world.settled();
    expect((await notes(anna)).unread).toBe(3);
    expect((await notes(binh)).rows.map(brief)).toEqual([['MENTION', 1, [anna.handle]]]);

    await chen.unlikes(postId);
    await chen.does('DeleteComment', { commentId });
    await binh.unfollows(anna);
    await world.settled();
    expect(await notes(anna)).toEqual({ unread: 0, rows: [] });
    await inbox.first(() => inbox.told.filter(({ notificationId }) => notificationId !== undefined).length === 3);

    await anna.deletes(postId);
    await world.settled();
    expect(await notes(binh)).toEqual({ unread: 0, rows: [] });
    await anna.restores(postId);
    await world.settled();
    expect((await notes(binh)).unread).toBe(1);

    await binh.blocks(anna);
    expect((await notes(binh)).rows).toEqual([]);
    await world.settled();
    expect((await notes(binh)).unread).toBe(0);
    await inbox.close();
  });

  it('are read and settled by their reader, and nobody else’s by id', async () => {
    const [anna, binh] = await world.people('anna', 'binh');
    await anna.does('SetNotificationPolicy', { newAccounts: 'FILTER' });
    const postId = await anna.publishes('tea');
    await binh.likes(postId);
    await world.settled();
    expect((await notes(anna)).rows).toEqual([]);
    const { me } = await anna.plays('NotificationSettings');
    expect(me.notificationRequests.edges).toMatchObject([{ node: { user: { handle: binh.handle }, count: 1 } }]);
    expect(await anna.does('AcceptNotificationRequest', { userId: binh.id })).toEqual({ unreadNotificationCount: 1 });
    const [note] = (await notes(anna)).rows;
    expect(await anna.plays('AnyThing', { id: note.id })).toEqual({ node: { __typename: 'Notification', id: note.id } });
    expect(await binh.plays('AnyThing', { id: note.id })).toEqual({ node: null });
    expect(await anna.does('MarkNotificationsRead', {})).toEqual({ unreadNotificationCount: 0 });
    expect(await anna.does('DismissNotification', { notificationId: note.id })).toEqual({
      notificationId: note.id,
      unreadNotificationCount: 0,
    });
    expect((await notes(anna)).rows).toEqual([]);
  });

  it('by e-mail are ended by a mail’s link, without a session, and not by looking at it', async () => {
    const anna = await world.person('anna');
    const digest = async () => (await anna.plays('NotificationSettings')).me.notificationPolicy.digest;
    const token = new UnsubscribeTokens(world.ground.secret).seal({ userId: anna.uuid, list: 'digest' });
    const link = `${world.ground.publicUrl}/messaging/unsubscribe?token=${token}`;
    expect((await fetch(link)).status).toBe(200);
    expect(await digest()).toBe('DAILY');
    expect((await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status).toBe(200);
    expect(await digest()).toBe('OFF');
  });

  it('tell buyer and seller of an order', async () => {
    const [anna, binh] = await world.people('anna', 'binh');
    const { openShop } = await anna.plays('OpenShop', { input: { idempotencyKey: 'open-a-shop', name: 'Tea' } });
    const price = { amountMinor: '500', currencyCode: 'USD' };
    const variants = [{ sku: 'a', title: '100 g', price, stock: 5 }];
    const { createProduct } = await anna.plays('CreateProduct', {
      input: { idempotencyKey: 'a-product-1', shopId: openShop.shop.id, title: 'Tea', variants },
    });
    await binh.does('SetCartLine', { variantId: createProduct.product.variants[0].id, quantity: 1 });
    const shippingAddress = { name: 'Binh', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' };
    const { order } = await binh.does('Checkout', { idempotencyKey: 'check-out-1', expectedTotal: price, shippingAddress });
    await world.settled();
    expect((await notes(anna)).rows.map(brief)).toEqual([['ORDER_PLACED', 1, [binh.handle]]]);
    await binh.does('Pay', { idempotencyKey: 'pay-order-1', orderId: order.id, paymentMethod: { provider: 'test', token: 'ok' } });
    await world.settled();
    expect((await notes(anna)).rows.map(brief)).toEqual([['ORDER_PAID', 1, [binh.handle]]]);
    expect((await notes(binh)).rows.map(brief)).toEqual([['ORDER', 1, []]]);
  });
});

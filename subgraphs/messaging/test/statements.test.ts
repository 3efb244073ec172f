import type { Database } from '@plaza/db/database';
import type { Sql } from '@plaza/db/sql';
import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryStore } from '../src/delivery/delivery.store.js';
import { InboxLogStore } from '../src/inbox/inbox-log.store.js';
import { ConversationStore } from '../src/modules/conversation/conversation.store.js';
import { MembershipStore } from '../src/modules/conversation/membership.store.js';
import { MessageStore } from '../src/modules/message/message.store.js';
import { HiddenStore } from '../src/modules/revision/hidden.store.js';
import { ShardMapStore } from '../src/shards/shard-map.store.js';
import { Shards } from '../src/shards/shards.js';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
const binh = newId();
beforeAll(async () => {
  chat = await MessagingUnderTest.start();
  const friends = Array.from({ length: 12 }, () => newId());
  const post = newId();
  for (const friend of friends) {
    const id = await chat.starts(friend, [binh]);
    chat.others.seenPosts.add(`${friend} ${post}`);
    chat.others.seenPosts.add(`${binh} ${post}`);
    const first = await chat.says(friend, id, 'one');
    await chat.says(friend, id, 'two', { replyToId: first['message'].id });
    await chat.says(friend, id, 'three', { sharedId: toTypeId('post', post) });
  }
});
afterAll(() => chat.stop());

it('reads 1, 5 and 12 conversations with everything in them in a number of statements that does not follow theirs', async () => {
  const counts: number[] = [];
  for (const first of [1, 5, 12]) {
    const { result, statements } = await countingStatements(async () =>
      chat.me(
        binh,
        `inboxCursor unreadMessageCount conversations(first: ${first}) { edges { node {
          id kind title unreadCount members(first: 20) { edges { role node { id } } }
          lastMessage { seq text sender { id } shared { __typename } }
          messages(last: 30) { edges { node { seq text sender { id } replyTo { text sender { id } } shared { __typename } } } pageInfo { hasPreviousPage } }
        } } }`,
      ),
    );
    expect(result['conversations'].edges).toHaveLength(first);
    counts.push(statements);
  }
  // Nine; what is asked for at two moments may come to be read twice.
  expect(Math.max(...counts)).toBeLessThanOrEqual(12);
});

/** A database that notes how often it is asked. */
function counted(database: Database<unknown>): { readonly database: Database<unknown>; asked: number } {
  const counter = { database, asked: 0 };
  const sql: Sql = (text, ...values) => {
    counter.asked += 1;
    return database.sql(text, ...values);
  };
  return Object.assign(counter, { database: { ...database, sql } });
}

it('looks at what reaches many at the same moment in as many statements as for one, for each with their own rights', async () => {
  const [owner, left, hides, outsider] = [newId(), newId(), newId(), newId()];
  const members = [owner, left, hides, ...Array.from({ length: 20 }, () => newId())];
  const id = await chat.starts(owner, members.slice(1), 'GROUP');
  await chat.says(owner, id, 'one');
  await chat.does(left, 'leaveConversation', { conversationId: id });
  await chat.says(owner, id, 'two');
  const conversationId = fromTypeId('conversation', id) ?? '';
  await chat.database.transaction((tx) => new HiddenStore(chat.database).hide(tx, hides, { conversationId, seq: 2 }));

  // From here on nothing changes any more.
  await expect.poll(() => new DeliveryStore().due(chat.database)).toEqual([]);

  const asking = counted(chat.database);
  const { database } = asking;
  const shards = new Shards([database], new ShardMapStore(database));
  const [log, memberships, hidden] = [
    new InboxLogStore(database, new InProcessBus()),
    new MembershipStore(database),
    new HiddenStore(database),
  ];
  const [conversations, messages] = [new ConversationStore(shards), new MessageStore(shards)];
  const places = [1, 2].map((seq) => ({ conversationId, seq }));
  const look = async (viewerId: string) => ({
    lines: await log.after(viewerId, { entry: 0, within: 0 }, 10),
    seen: await conversations.seen(viewerId, [conversationId]),
    place: await memberships.of(viewerId, [conversationId]),
    messages: await messages.byPlaces(places),
    hidden: await hidden.byPlaces(viewerId, places),
  });

  const viewers = [...members, outsider];
  const alone = [];
  for (const viewerId of viewers) alone.push(await look(viewerId));
  const statements = asking.asked / viewers.length;
  asking.asked = 0;
  const together = await Promise.all(viewers.map(look));
  expect(together).toEqual(alone);
  expect(asking.asked).toBe(statements);

  const of = (viewerId: string) => together[viewers.indexOf(viewerId)];
  expect(of(outsider)).toMatchObject({ lines: [], seen: [], place: [], hidden: [] });
  expect(of(left)?.seen[0]).toMatchObject({ viewerId: left, leftSeq: 1, lastSeq: 2 });
  expect(of(hides)?.hidden).toEqual([places[1]]);
  expect(of(owner)?.hidden).toEqual([]);
  expect([of(owner)?.place[0]?.unread, of(hides)?.place[0]?.unread]).toEqual([0, 2]);
});

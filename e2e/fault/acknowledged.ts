import { fromTypeId } from '@plaza/kernel/type-id';
import type { Books } from './books.js';
import type { History, Known } from './history.js';
import type { Town } from './town.js';

const uuid = (id: string): string => {
  const prefix = id.slice(0, id.indexOf('_'));
  return fromTypeId(prefix, id) ?? id;
};

/** What was acknowledged is there, as often as it was, and nothing else. */
export async function compareWithHistory(books: Books, history: History, town: Town): Promise<readonly string[]> {
  return [
    ...(await posts(books, history, town)),
    ...(await social(books, history)),
    ...(await messages(books, history, town)),
    ...(await orders(books, history)),
  ];
}

async function posts(books: Books, history: History, town: Town): Promise<readonly string[]> {
  const rows = await books.at('content').sql<{ id: string; text: string; author: string; audience: string; isGone: boolean }>`
    SELECT id, text, author_id AS author, audience, deleted_at IS NOT NULL AS "isGone" FROM post`;
  const there = new Map(rows.map((row) => [row.id, row]));
  const wrong: string[] = [];
  const own = history.posts.filter(({ id }) => !town.posts.some((first) => first.id === id));
  for (const { id, text, author, audience, isGone } of own) {
    const row = there.get(uuid(id));
    // What was deleted goes for good when it cannot be restored any more: after ten minutes, or when a clock that was an hour late comes right.
    if (row === undefined && isGone !== false) continue;
    if (row === undefined) wrong.push(`post ${id} was acknowledged and is not there`);
    else if (isGone !== null && row.isGone !== isGone) wrong.push(`post ${id} is ${row.isGone ? '' : 'not '}deleted`);
    else if (text !== null && !row.isGone && row.text !== text) wrong.push(`post ${id} says "${row.text}", not "${text}"`);
    else if (row.author !== author.uuid || row.audience !== audience) wrong.push(`post ${id} is not as it was published`);
  }
  const first = new Set(town.posts.map(({ id }) => uuid(id)));
  const least = own.filter(({ isGone }) => isGone === false).length;
  const theirs = rows.filter(({ id }) => !first.has(id)).length;
  wrong.push(...counted('posts', theirs, least, own.length - least + (history.maybe.get('Publish') ?? 0)));
  return wrong;
}

async function social(books: Books, history: History): Promise<readonly string[]> {
  const { sql } = books.at('social');
  const [likes, reposts, follows, blocks, comments] = await Promise.all([
    sql<{ pair: string }>`SELECT post_id || ' ' || user_id AS pair FROM post_like`,
    sql<{ pair: string }>`SELECT post_id || ' ' || user_id AS pair FROM repost`,
    sql<{ pair: string }>`SELECT follower_id || ' ' || followee_id AS pair FROM follow`,
    sql<{ pair: string }>`SELECT blocker_id || ' ' || blocked_id AS pair FROM block`,
    sql<{ id: string; isGone: boolean }>`SELECT id, deleted_at IS NOT NULL AS "isGone" FROM comment`,
  ]);
  const wrong = [
    ...same('like', history.likes, likes),
    ...same('repost', history.reposts, reposts),
    ...same('follow', history.follows, follows),
    ...same('block', history.blocks, blocks),
  ];
  const there = new Set(comments.filter(({ isGone }) => !isGone).map(({ id }) => id));
  for (const { id, isGone } of history.comments) {
    if (isGone !== null && there.has(uuid(id)) === isGone) wrong.push(`comment ${id} is ${isGone ? 'still' : 'not'} there`);
  }
  const least = history.comments.filter(({ isGone }) => isGone === false).length;
  const most = history.comments.filter(({ isGone }) => isGone !== true).length;
  return [...wrong, ...counted('comments', there.size, least, (history.maybe.get('Comment') ?? 0) + most - least)];
}

function same(what: string, known: ReadonlyMap<string, Known<boolean>>, rows: readonly { pair: string }[]): readonly string[] {
  const there = new Set(rows.map(({ pair }) => pair));
  return [...known].flatMap(([pair, isThere]) => {
    const name = pair.split(' ').map(uuid).join(' ');
    return isThere === null || there.has(name) === isThere ? [] : [`the ${what} ${pair} is ${isThere ? 'not' : 'still'} there`];
  });
}

async function messages(books: Books, history: History, town: Town): Promise<readonly string[]> {
  const rows = await books.at('messaging').sql<{ conversation: string; seq: number; key: string; sender: string }>`
    SELECT conversation_id AS conversation, seq, client_message_id AS key, sender_id AS sender FROM message`;
  const there = new Map(rows.map((row) => [`${row.conversation} ${row.seq}`, row]));
  const wrong = history.messages.flatMap(({ conversationId, seq, key, sender }) => {
    const row = there.get(`${uuid(conversationId)} ${seq}`);
    return row?.key === key && row.sender === sender.uuid
      ? []
      : [`message ${key} was acknowledged as ${seq}, where ${row?.key ?? 'nothing'} is`];
  });
  const ours = rows.filter(({ conversation }) => town.conversations.some(({ id }) => uuid(id) === conversation));
  return [...wrong, ...counted('messages', ours.length, history.messages.length, history.maybe.get('Send'))];
}

async function orders(books: Books, history: History): Promise<readonly string[]> {
  const rows = await books.at('commerce').sql<{ id: string; buyer: string; status: string; isSold: boolean }>`
    SELECT o.id, o.buyer_id AS buyer, o.status, bool_or(part.sold_at IS NOT NULL) AS "isSold"
    FROM customer_order AS o JOIN seller_order AS part ON part.order_id = o.id GROUP BY o.id`;
  const there = new Map(rows.map((row) => [row.id, row]));
  const wrong = history.orders.flatMap(({ id, buyer, state }) => {
    const row = there.get(uuid(id));
    if (row === undefined || row.buyer !== buyer.uuid) return [`order ${id} was acknowledged and is not there`];
    if (state === 'PAID' && !row.isSold) return [`order ${id} was paid and is ${row.status}`];
    if (state === 'LEFT' && row.status === 'OPEN') return [`order ${id} was left by who paid, and nobody has decided it`];
    if (state === 'CANCELLED' && row.status !== 'CANCELLED') return [`order ${id} was cancelled and is ${row.status}`];
    return [];
  });
  return [...wrong, ...counted('orders', rows.length, history.orders.length, history.maybe.get('Checkout'))];
}

function counted(what: string, there: number, acknowledged: number, maybe = 0): readonly string[] {
  return there >= acknowledged && there <= acknowledged + maybe
    ? []
    : [`${there} ${what} are there, ${acknowledged} to ${acknowledged + maybe} may be`];
}

import { toTypeId } from '@plaza/kernel/type-id';
import type { Books } from './books.js';
import type { Client } from './client.js';
import { pairOf } from './history.js';
import type { Random } from './random.js';
import type { Town } from './town.js';

const LOOK = 'query ($id: ID!) { node(id: $id) { id ... on Post { likeCount commentCount repostCount viewerHasLiked } } }';
const COUNTS = 'query ($handle: String!) { user(handle: $handle) { followerCount followingCount } }';
const PAGE = 50;
/** Stands in all that people publish. */
const WORD = 'says';
const LOOKS = 40;

/** What there is, by its owners' tables alone. */
interface Facts {
  readonly posts: readonly {
    readonly id: string;
    readonly author: string;
    readonly audience: string;
    readonly text: string;
    readonly at: Date;
    readonly isGone: boolean;
  }[];
  readonly reposts: readonly { readonly post: string; readonly person: string; readonly at: Date }[];
  readonly likes: ReadonlySet<string>;
  readonly follows: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

/** What people see through the public door is what the rules say of what is there: everything of it and nothing else. */
export async function compareSights(books: Books, client: Client, town: Town, random: Random): Promise<readonly string[]> {
  const facts = await factsOf(books);
  return [
    ...(await homes(facts, client, town)),
    ...(await looks(facts, client, town, random)),
    ...(await unread(books, client, town)),
    ...(await finds(facts, client, town)),
  ];
}

async function factsOf(books: Books): Promise<Facts> {
  const { sql } = books.at('social');
  const pairs = (rows: readonly { pair: string }[]): ReadonlySet<string> => new Set(rows.map(({ pair }) => pair));
  return {
    posts: await books.at('content').sql<{ id: string; author: string; audience: string; text: string; at: Date; isGone: boolean }>`
      SELECT id, author_id AS author, audience, text, created_at AS at, deleted_at IS NOT NULL AS "isGone" FROM post`,
    reposts: await sql<{ post: string; person: string; at: Date }>`SELECT post_id AS post, user_id AS person, created_at AS at FROM repost`,
    likes: pairs(await sql<{ pair: string }>`SELECT post_id || ' ' || user_id AS pair FROM post_like`),
    follows: pairs(await sql<{ pair: string }>`SELECT follower_id || ' ' || followee_id AS pair FROM follow`),
    blocks: pairs(await sql<{ pair: string }>`SELECT blocker_id || ' ' || blocked_id AS pair FROM block`),
  };
}

function sees({ follows, blocks }: Facts, viewer: string, { author, audience, isGone }: Facts['posts'][number]): boolean {
  if (isGone) return false;
  if (viewer === author) return true;
  if (blocks.has(pairOf(viewer, author)) || blocks.has(pairOf(author, viewer))) return false;
  const isFollowing = follows.has(pairOf(viewer, author));
  return (
    audience === 'PUBLIC' ||
    (audience === 'FOLLOWERS' && isFollowing) ||
    (audience === 'MUTUALS' && isFollowing && follows.has(pairOf(author, viewer)))
  );
}

/** docs/adr/0006: of what those whom one follows (and oneself) brought, for each post the first, newest first. */
function homeOf(facts: Facts, reader: string): readonly string[] {
  const brings = (actor: string): boolean => actor === reader || facts.follows.has(pairOf(reader, actor));
  const items = facts.posts.flatMap((post) => {
    if (!sees(facts, reader, post)) return [];
    if (brings(post.author)) return [{ id: post.id, at: post.at }];
    const first = facts.reposts
      .filter((repost) => repost.post === post.id && repost.person !== reader && brings(repost.person))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.person < b.person ? -1 : 1))[0];
    return first === undefined ? [] : [{ id: post.id, at: first.at }];
  });
  return items.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (b.id < a.id ? -1 : 1)).map(({ id }) => toTypeId('post', id));
}

async function homes(facts: Facts, client: Client, town: Town): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const person of town.people) {
    const shown: string[] = [];
    for (let after: string | null = null; ;) {
      const { me } = await client.plays(person, 'Home', { first: PAGE, after });
      shown.push(...me.homeFeed.edges.map(({ node }: { node: { id: string } }) => node.id));
      if (!me.homeFeed.pageInfo.hasNextPage) break;
      after = me.homeFeed.pageInfo.endCursor;
    }
    const wanted = homeOf(facts, person.uuid);
    if (shown.join(' ') !== wanted.join(' ')) {
      const missing = wanted.filter((id) => !shown.includes(id));
      const more = shown.filter((id) => !wanted.includes(id));
      wrong.push(
        `the feed of ${person.handle} lacks [${missing.join(' ')}], has [${more.join(' ')}] too much, shows ${shown.length} of ${wanted.length}`,
      );
    }
  }
  return wrong;
}

/** Posts one by one, those first of which somebody must not know. */
async function looks(facts: Facts, client: Client, town: Town, random: Random): Promise<readonly string[]> {
  const all = town.people.flatMap((person) =>
    facts.posts.map((post) => ({ person, post, isSeen: sees(facts, person.uuid, post), by: random.next() })),
  );
  const chosen = all.toSorted((a, b) => Number(a.isSeen) - Number(b.isSeen) || a.by - b.by);
  const some = [...chosen.slice(0, LOOKS), ...chosen.slice(-LOOKS / 2)];
  const wrong: string[] = [];
  for (const { person, post, isSeen } of some) {
    const { node } = await client.asks(person, LOOK, { id: toTypeId('post', post.id) });
    if ((node !== null) !== isSeen) wrong.push(`${person.handle} ${isSeen ? 'does not see' : 'sees'} ${post.id} (${post.audience})`);
    if (node === null) continue;
    const likes = [...facts.likes].filter((pair) => pair.startsWith(post.id)).length;
    const reposts = facts.reposts.filter((repost) => repost.post === post.id).length;
    if (node.likeCount !== likes || node.repostCount !== reposts || node.viewerHasLiked !== facts.likes.has(pairOf(post.id, person.uuid)))
      wrong.push(`post ${post.id} shows ${node.likeCount} likes and ${node.repostCount} reposts of ${likes} and ${reposts}`);
  }
  for (const person of town.people) {
    const { user } = await client.asks(person, COUNTS, { handle: person.handle });
    const followers = [...facts.follows].filter((pair) => pair.endsWith(person.uuid)).length;
    if (user.followerCount !== followers) wrong.push(`${person.handle} shows ${user.followerCount} followers of ${followers}`);
  }
  return wrong;
}

/** What is unread is what a count gives. */
async function unread(books: Books, client: Client, town: Town): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const person of town.people) {
    const rows = await books.at('messaging').sql<{ id: string; read: number }>`
      SELECT conversation_id AS id, read_seq AS read FROM conversation_member WHERE user_id = ${person.uuid} AND left_at IS NULL`;
    const messages = await books.at('messaging').sql<{ id: string; seq: number; sender: string }>`
      SELECT conversation_id AS id, seq, sender_id AS sender FROM message WHERE conversation_id = ANY(${rows.map(({ id }) => id)}::uuid[])`;
    const { me } = await client.plays(person, 'Chats');
    let sum = 0;
    for (const { id, read } of rows) {
      const count = messages.filter((one) => one.id === id && one.seq > read && one.sender !== person.uuid).length;
      sum += count;
      const name = toTypeId('conversation', id);
      const shown = me.conversations.edges.find(({ node }: { node: { id: string } }) => node.id === name)?.node.unreadCount;
      if (shown !== undefined && shown !== count) wrong.push(`${person.handle} has ${shown} unread in ${name}, by a count ${count}`);
    }
    if (me.unreadMessageCount !== sum) wrong.push(`${person.handle} has ${me.unreadMessageCount} unread in all, by a count ${sum}`);
  }
  return wrong;
}

/** docs/adr/0016: everybody finds what they see of what is for everybody, their own, or of those whom they follow. */
async function finds(facts: Facts, client: Client, town: Town): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const person of town.people) {
    const found = new Set<string>();
    for (let after: string | null = null; ;) {
      const { search } = await client.plays(person, 'Search', { query: WORD, first: PAGE, after });
      for (const { node } of search.edges) if (node.__typename === 'Post') found.add(node.id);
      if (!search.pageInfo.hasNextPage) break;
      after = search.pageInfo.endCursor;
    }
    const wanted = facts.posts
      .filter((post) => post.text.includes(WORD) && sees(facts, person.uuid, post))
      .map(({ id }) => toTypeId('post', id));
    const missing = wanted.filter((id) => !found.has(id));
    const more = [...found].filter((id) => !wanted.includes(id));
    if (missing.length + more.length > 0)
      wrong.push(`${person.handle} does not find [${missing.join(' ')}], finds [${more.join(' ')}] too much`);
  }
  return wrong;
}

import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Books } from './books.js';

/** What one database has of another: events that took effect, and what was made of them. */
export async function compareCopies(books: Books): Promise<readonly string[]> {
  return [...(await effects(books)), ...(await follows(books)), ...(await items(books)), ...(await reactions(books))];
}

/** Events that have no effect where they should have one. */
export async function missingEffects(books: Books): Promise<readonly string[]> {
  return (await effects(books)).filter((what) => what.includes('has no effect'));
}

/** Each event took effect at each of its consumers, and nothing did that was never told. */
async function effects(books: Books): Promise<readonly string[]> {
  const told = new Map<string, { readonly type: string; readonly owner: string }>();
  for (const owner of SUBGRAPH_NAMES) {
    const rows = await books.at(owner).sql<{ id: string; type: string }>`SELECT id, type FROM outbox`;
    for (const { id, type } of rows) told.set(id, { type, owner });
  }
  const wrong: string[] = [];
  for (const consumer of SUBGRAPH_NAMES) {
    const types = new Set(SUBSCRIPTIONS[consumer] ?? []);
    if (types.size === 0) continue;
    const rows = await books.at(consumer).sql<{ id: string }>`SELECT event_id AS id FROM inbox`;
    const taken = new Set(rows.map(({ id }) => id));
    for (const [id, { type, owner }] of told) {
      if (types.has(type) && !taken.has(id)) wrong.push(`${type} ${id} of ${owner} has no effect in ${consumer}`);
    }
    for (const id of taken) if (!told.has(id)) wrong.push(`${consumer} has taken ${id}, which nobody has told`);
  }
  return wrong;
}

/** The graph that feeds know is the one that social has. */
async function follows(books: Books): Promise<readonly string[]> {
  const ours = await books.at('social').sql<{ pair: string }>`SELECT follower_id || ' ' || followee_id AS pair FROM follow`;
  const theirs = await books.at('feed').sql<{ pair: string }>`
    SELECT follower_id || ' ' || followee_id AS pair FROM followee WHERE follower_id <> followee_id`;
  return different('a follow', ours, theirs);
}

/** Feeds know each post and each repost as its owner does. */
async function items(books: Books): Promise<readonly string[]> {
  const posts = await books.at('content').sql<{ pair: string }>`
    SELECT id || ' of ' || author_id || ' ' || audience || ' ' || (deleted_at IS NULL) AS pair FROM post`;
  const all = await books.at('feed').sql<{ pair: string; id: string; isLive: boolean }>`
    SELECT post_id || ' of ' || author_id || ' ' || audience || ' ' || is_live AS pair, post_id AS id, is_live AS "isLive" FROM feed_item WHERE kind = 'POST'`;
  // Of what its owner has forgotten for good it may still know that it is gone.
  const kept = new Set(posts.map(({ pair }) => pair.slice(0, pair.indexOf(' '))));
  const known = all.filter(({ id, isLive }) => isLive || kept.has(id));
  const reposts = await books.at('social').sql<{ pair: string }>`SELECT post_id || ' by ' || user_id AS pair FROM repost`;
  const knownReposts = await books.at('feed').sql<{
    pair: string;
  }>`SELECT post_id || ' by ' || actor_id AS pair FROM feed_item WHERE kind = 'REPOST'`;
  return [...different('a post', posts, known), ...different('a repost', reposts, knownReposts)];
}

/** Trends count the likes that there are. */
async function reactions(books: Books): Promise<readonly string[]> {
  const likes = await books.at('social').sql<{ pair: string }>`SELECT post_id || ' ' || user_id AS pair FROM post_like`;
  const counted = await books.at('feed').sql<{
    pair: string;
  }>`SELECT post_id || ' ' || user_id AS pair FROM post_reaction WHERE kind = 'LIKE'`;
  return different('a like', likes, counted);
}

function different(what: string, owned: readonly { pair: string }[], copied: readonly { pair: string }[]): readonly string[] {
  const [there, known] = [new Set(owned.map(({ pair }) => pair)), new Set(copied.map(({ pair }) => pair))];
  return [
    ...[...there].filter((pair) => !known.has(pair)).map((pair) => `feed does not know ${what}: ${pair}`),
    ...[...known].filter((pair) => !there.has(pair)).map((pair) => `feed knows ${what} that is not: ${pair}`),
  ];
}

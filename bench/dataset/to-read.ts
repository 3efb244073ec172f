import { withClient } from '@plaza/db/with-client';
import { idOf } from './ids.js';

/**
 * How many posts the home feed of each person has, up to so many, by a count: of what those whom they follow (and they themselves) brought, each post
 * once, as far as they may see it. In a wide dataset some follow few, who wrote little: there are fewer than a page has room for.
 */
export async function postsToRead(feedUrl: string, people: readonly number[], most: number): Promise<ReadonlyMap<number, number>> {
  const rows = await withClient(feedUrl, async (client) => {
    const { rows: counted } = await client.query<{ posts: number }>(
      `SELECT (
         SELECT count(*)::int FROM (
           SELECT DISTINCT item.post_id FROM followee JOIN feed_item AS item ON item.actor_id = followee.followee_id
           WHERE followee.follower_id = person AND item.is_live AND (item.kind = 'POST' OR followee.reposts) AND (
             item.audience = 'PUBLIC' OR item.author_id = person
             OR item.audience = 'FOLLOWERS' AND EXISTS (SELECT FROM followee AS their WHERE their.follower_id = person AND their.followee_id = item.author_id)
           ) LIMIT $2
         ) AS first
       ) AS posts FROM unnest($1::uuid[]) WITH ORDINALITY AS reader (person, place) ORDER BY place`,
      [people.map((n) => idOf('user', n)), most],
    );
    return counted;
  });
  return new Map(rows.map(({ posts }, at) => [people[at] ?? -1, posts]));
}

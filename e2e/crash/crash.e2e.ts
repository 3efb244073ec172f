import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlazaProcess } from '../plaza-process.js';
import { until } from '../story/expect.js';
import { Person } from '../story/person.js';

/** Each is a start of five seconds; `fault:all` kills hundreds of times, at named steps too. */
const ROUNDS = 8;

let plaza: PlazaProcess;
beforeAll(async () => {
  plaza = await PlazaProcess.start('embedded', { PLAZA_ARGON2_MEMORY_KIB: '1024' });
});
afterAll(() => plaza.remove());

async function newcomer(name: string): Promise<Person> {
  const person = new Person(plaza.url, `${name}_${randomUUID().slice(0, 6)}`);
  const { handle } = person;
  const input = { handle, displayName: name, email: `${handle}@example.org`, password: 'a long walk by West Lake' };
  const { session, viewer } = await person.does('Register', input);
  person.tokens = session;
  person.userId = viewer.user.id;
  return person;
}

const publish = (author: Person, text: string, audience = 'PUBLIC') =>
  author.does('Publish', { idempotencyKey: randomUUID(), text, media: [], audience, productIds: [] });

describe('when Plaza is killed in the middle of its work', () => {
  it('loses no acknowledged post, keeps each one’s event, and puts none into a feed where it must not be', async () => {
    const [anna, binh, dan] = await Promise.all([newcomer('anna'), newcomer('binh'), newcomer('dan')]);
    await binh.does('Follow', { userId: anna.userId });
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      let open = true;
      const writers = [0, 1, 2].map(async (writer) => {
        for (let n = 0; open; n += 1) {
          const audience = n % 2 === 0 ? 'PUBLIC' : 'ONLY_ME';
          try {
            const { post } = await publish(anna, `round ${round} writer ${writer} post ${n}`, audience);
            acknowledged.set(post.id, audience);
          } catch {
            return; // the connection died with the process: not acknowledged
          }
        }
      });
      // Not before the first one went through, then at any moment.
      const before = acknowledged.size;
      await until('a first post of this round', 60_000, async () => acknowledged.size > before);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      await plaza.kill();
      open = false;
      await Promise.all(writers);
      await plaza.start();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS);

    const publicIds = [...acknowledged].filter(([, audience]) => audience === 'PUBLIC').map(([id]) => id);
    for (const id of acknowledged.keys()) expect((await anna.plays('AnyThing', { id })).node).not.toBeNull();
    const feed = async (reader: Person) => {
      const ids: string[] = [];
      for (let after: string | null = null; ;) {
        const { me } = await reader.plays('Home', { first: 100, after });
        ids.push(...me.homeFeed.edges.map(({ node }: { node: { id: string } }) => node.id));
        if (!me.homeFeed.pageInfo.hasNextPage) return ids;
        after = me.homeFeed.pageInfo.endCursor;
      }
    };
    await until('every public post in the follower’s feed', 60_000, async () => {
      const ids = new Set(await feed(binh));
      return publicIds.every((id) => ids.has(id));
    });
    const ids = await feed(binh);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => acknowledged.get(id) === 'ONLY_ME')).toEqual([]);
    expect(await feed(dan)).toEqual([]);
  });

  it('counts exactly the likes that are there, whatever was interrupted', async () => {
    const anna = await newcomer('anna');
    const { post } = await publish(anna, 'like me');
    const people = await Promise.all(Array.from({ length: 80 }, (_, n) => newcomer(`p${n}`)));
    for (let round = 0; round < 3; round += 1) {
      let open = true;
      const busy = people.map(async (person) => {
        while (open) {
          try {
            await person.does(Math.random() < 0.6 ? 'Like' : 'Unlike', { postId: post.id });
          } catch {
            return;
          }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await plaza.kill();
      open = false;
      await Promise.all(busy);
      await plaza.start();
    }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Post { likeCount viewerHasLiked } } }';
    const seen = await Promise.all(people.map(async (person) => JSON.parse(await person.raw(query, { id: post.id })).data.node));
    const likes = seen.filter(({ viewerHasLiked }) => viewerHasLiked).length;
    expect(seen.map(({ likeCount }) => likeCount)).toEqual(seen.map(() => likes));
  });
});

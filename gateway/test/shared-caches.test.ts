import { createHash } from 'node:crypto';
import { withAside } from '@plaza/calls/aside';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE_NAMES } from '../src/engine/create-engine.js';
import { type Answer, startWorld, type World } from './world.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const DOCUMENTS = {
  Shown: 'query Shown { thing(id: "t1") { title name } }',
  Members: 'query Members { members }',
  Broken: 'query Broken { thing(id: "t1") { title } breaks }',
  Change: 'mutation Change { open(value: "x") { id } }',
} as const;
const manifest = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: Object.entries(DOCUMENTS).map(([name, body]) => ({ id: sha256(body), name, type: body.split(' ')[0], body })),
};

const FOR_ALL = 'public, max-age=0, s-maxage=1';
const told = { 'apollo-require-preflight': '1' };
const byId = (text: string): string => `/graphql?documentId=${sha256(text)}`;
const byText = (text: string): string => `/graphql?query=${encodeURIComponent(text)}`;

describe.each(ENGINE_NAMES)('what caches that many share may keep, by the engine "%s"', { timeout: 120_000 }, (engine) => {
  let world: World;
  let isStale = false;
  beforeAll(async () => {
    world = await startWorld({
      manifest,
      gateway: { engine },
      between: (port) => ({
        ...port,
        name: port.name,
        execute: async (request, assertion) => {
          const answer = await port.execute(request, assertion);
          return isStale ? withAside(answer, { amiss: { stale: ['Thing.name'], degraded: [] } }) : answer;
        },
      }),
    });
  });
  afterAll(() => world.stop());
  afterEach(() => {
    isStale = false;
    world.state.dead.clear();
  });

  const get = (path: string, headers: Readonly<Record<string, string>> = told): Promise<Answer> => world.send(path, { headers });
  const keeping = ({ headers }: Answer): string | null => headers.get('cache-control');

  it('is a guest’s whole answer to a trusted document by GET, for a second, and for no browser', async () => {
    for (const path of [byId(DOCUMENTS.Shown), byText(DOCUMENTS.Shown)]) {
      const answer = await get(path);
      expect(answer.body).toEqual({ data: { thing: { title: 'Title t1', name: 'Name of t1' } } });
      expect(keeping(answer)).toBe(FOR_ALL);
    }
  });

  it('is one with nothing in it of who asked first, and kept apart from what members are answered', async () => {
    const { headers } = await get(byId(DOCUMENTS.Shown), { ...told, origin: 'https://shop.example' });
    const names = [...headers.keys()];
    expect(names.filter((name) => /^(?:ratelimit|x-request-id|set-cookie)/u.test(name))).toEqual([]);
    expect(headers.get('vary')?.split(', ').toSorted()).toEqual(['Accept', 'Authorization']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each<[string, () => Promise<Answer>]>([
    ['a member', async () => get(byId(DOCUMENTS.Shown), { ...told, authorization: `Bearer ${await world.token()}` })],
    ['somebody with a token that does not hold', async () => get(byId(DOCUMENTS.Shown), { ...told, authorization: 'Bearer x' })],
    ['who sends it by POST', () => world.post(DOCUMENTS.Shown)],
    ['who asks for what is no trusted document', () => get(byText('{ thing(id: "t1") { title } }'))],
    ['who may not have a field', () => get(byId(DOCUMENTS.Members))],
    ['who gets an error beside the data', () => get(byId(DOCUMENTS.Broken))],
    [
      'who gets less, because a part is away',
      () => {
        world.state.dead.add('social');
        return get(byId(DOCUMENTS.Shown));
      },
    ],
    [
      'who gets what is behind',
      () => {
        isStale = true;
        return get(byId(DOCUMENTS.Shown));
      },
    ],
    ['who changes something', () => get(byId(DOCUMENTS.Change))],
    ['who takes no JSON', () => get(byId(DOCUMENTS.Shown), { ...told, accept: 'image/png' })],
    ['who may be another site’s page', () => get(byId(DOCUMENTS.Shown), {})],
    ['who names what nobody knows', () => get('/graphql?documentId=ab')],
    ['who looks for health', () => get('/health/live')],
    ['who looks for numbers', () => get('/metrics')],
    ['who looks for nothing that is there', () => get('/nothing')],
  ])('is not the answer of %s', async (_who, ask) => {
    expect(keeping(await ask())).toBe('no-store');
  });

  it('is the set of keys', async () => {
    expect(keeping(await get('/.well-known/jwks.json'))).toBe('public, max-age=60');
  });
});

describe('where only some sites’ pages may read answers', () => {
  it('a kept answer is kept for each of them', async () => {
    const own = 'https://plaza.example';
    const world = await startWorld({ manifest, gateway: { corsOrigins: [own] } });
    const from = (origin: string): Promise<Answer> => world.send(byId(DOCUMENTS.Shown), { headers: { ...told, origin } });
    const [ours, theirs] = [await from(own), await from('https://shop.example')];
    await world.stop();
    expect([ours, theirs].map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([own, null]);
    for (const { headers } of [ours, theirs]) {
      expect(headers.get('cache-control')).toBe(FOR_ALL);
      expect(headers.get('vary')?.split(', ').toSorted()).toEqual(['Accept', 'Authorization', 'Origin']);
    }
  });
});

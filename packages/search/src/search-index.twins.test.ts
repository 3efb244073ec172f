import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '@plaza/db/database';
import { createDatabases } from '@plaza/testing/databases';
import { engineTwin } from '@plaza/testing/engine-twin';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, type IndexUnderTest, searchIndexContract } from './contract.suite.js';
import { OpenSearchIndex } from './opensearch/opensearch-index.js';
import { PostgresIndex } from './postgres-index.js';
import type { DocumentKind, IndexDocument, IndexHit } from './search-index.js';

let database: Database<unknown>;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await createDatabases(['feed']);
  ({ drop } = fresh);
  database = openDatabase({
    url: fresh.urls.feed,
    poolSize: 2,
    prisma: () => Object.assign(Object.create(null), { $disconnect: async () => {} }),
  });
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** As its migration leaves it. The tables are emptied: a database for each test would take longer than the test. */
async function onPostgres(): Promise<IndexUnderTest> {
  await database.sql`TRUNCATE search_generation, search_document, search_name`;
  await database.sql`INSERT INTO search_generation (state) VALUES ('LIVE')`;
  return { index: new PostgresIndex(database), close: async () => {} };
}

searchIndexContract('PostgreSQL', onPostgres);

engineTwin('by OpenSearch', 'OPENSEARCH_URL', (url) => {
  const patient = { url, answerMs: 60_000, workMs: 60_000 };

  async function onOpenSearch(): Promise<IndexUnderTest & { readonly name: string }> {
    const name = `test-${randomUUID()}`;
    const index = new OpenSearchIndex({ ...patient, name });
    await (await index.beginBuild()).finish();
    const close = async (): Promise<void> => {
      await fetch(`${url}/${name}-*`, { method: 'DELETE' });
      await fetch(`${url}/_index_template/${name}`, { method: 'DELETE' });
      await index.close();
    };
    return { index, name, close };
  }

  searchIndexContract('OpenSearch', onOpenSearch);

  it('has another name after each build, and none when it is lost', async () => {
    const { index, name, close } = await onOpenSearch();
    const first = await index.identity();
    await (await index.beginBuild()).finish();
    expect([first, await index.identity()]).toEqual([expect.any(String), expect.not.stringMatching(first ?? '')]);
    await fetch(`${url}/${name}-*`, { method: 'DELETE' });
    expect(await index.identity()).toBeNull();
    await expect(index.suggest({ prefix: 'an', kinds: null, near: [], limit: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(index.apply([{ version: 1, gone: { kind: 'POST', id: 'a' } }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const build = await index.beginBuild();
    await index.apply([{ version: 1, document: aDocument('POST', 'a', 'tea') }]);
    await build.finish();
    expect(await index.query(asked('tea', { limit: 200 }))).toHaveLength(1);
    await close();
  });

  it('does not lose a change to a weight that was read before it', async () => {
    const { index, close } = await onOpenSearch();
    await index.apply([{ version: 7, document: aDocument('POST', 'a', 'tea') }]);
    await Promise.all([
      index.weigh([{ kind: 'POST', id: 'a', weight: 3 }]),
      index.apply([{ version: 8, document: aDocument('POST', 'a', 'coffee') }]),
      index.weigh([{ kind: 'POST', id: 'a', weight: 4 }]),
    ]);
    expect([await index.query(asked('tea', { limit: 200 })), await index.query(asked('coffee', { limit: 200 }))]).toEqual([
      [],
      [expect.objectContaining({ id: 'a' })],
    ]);
    await close();
  });

  it('finds what PostgreSQL finds, whatever is asked', { timeout: 600_000 }, async () => {
    const [one, other] = [await onPostgres(), await onOpenSearch()];
    const documents = texts(80, 3, 12).map((text, n) => aDocument(n % 4 === 0 ? 'USER' : 'POST', `d${String(n)}`, text));
    for (const { index } of [one, other]) await index.apply(documents.map((document) => ({ version: 1, document })));
    let found = 0;
    for (const query of texts(120, 1, 3)) {
      const [here, there] = await Promise.all(
        [one, other].map(async ({ index }) => idsOf(await index.query(asked(query, { limit: 200 })))),
      );
      expect(there, query).toEqual(here);
      found += here?.length ?? 0;
      const prefix = query.replaceAll(/["#@-]/gu, '').slice(0, 3);
      const [said, alsoSaid] = await Promise.all(
        [one, other].map(async ({ index }) => index.suggest({ prefix, kinds: null, near: ['d4'], limit: 50 })),
      );
      if ((said?.length ?? 0) > 0 && prefix.length < 3) expect(alsoSaid, prefix).toEqual(said);
    }
    expect(found).toBeGreaterThan(120);
    await one.close();
    await other.close();
  });
});

/** Words of five scripts, as people write them; the same ones at each run. */
const WORDS = [
  'tea',
  'Teas',
  'phở',
  'pho',
  'phố',
  'Đà',
  'nẵng',
  'da',
  '绿茶',
  '绿',
  '茶叶',
  '上海',
  '海边',
  '晚上',
  '東京',
  'タワー',
  'กาแฟ',
  'ชอบ',
  'ёлка',
  'shoes',
  'shoe',
];
const texts = (count: number, least: number, most: number): readonly string[] =>
  fc.sample(
    fc
      .array(fc.tuple(fc.constantFrom('', '', '', '', '#', '"', '-'), fc.constantFrom(...WORDS), fc.constantFrom(...WORDS)), {
        minLength: least,
        maxLength: most,
      })
      .map((words) => words.map(([sign, word, next]) => (sign === '"' ? `"${word} ${next}"` : sign + word)).join(' ')),
    { seed: 31, numRuns: count },
  );

const NOW = new Date('2026-11-22T00:00:00Z');

function aDocument(kind: DocumentKind, id: string, text: string): IndexDocument {
  const isPost = kind === 'POST';
  return {
    kind,
    id,
    authorId: randomUUID(),
    isPublic: true,
    language: null,
    createdAt: NOW,
    traits: [],
    fields: [{ text, importance: isPost ? 'TEXT' : 'NAME' }],
    names: isPost ? [] : [text],
    label: isPost ? null : text,
    weight: 0,
  };
}

const idsOf = (hits: readonly IndexHit[]): readonly string[] => hits.map(({ id }) => id).toSorted();

describe('an OpenSearch that is not there', () => {
  it('is UNAVAILABLE, and asked no more after some attempts', async () => {
    const index = new OpenSearchIndex({ url: 'http://127.0.0.1:1' });
    const query = { prefix: 'an', kinds: null, near: [], limit: 1 };
    for (let n = 0; n < 6; n += 1) await expect(index.suggest(query)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(index.apply([{ version: 1, gone: { kind: 'POST', id: 'a' } }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await index.close();
  });
});

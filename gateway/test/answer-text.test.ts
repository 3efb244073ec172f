import { readFile } from 'node:fs/promises';
import { createEngine } from '@plaza/federation-engine/engine';
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../packages/federation-engine/test/world.js';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations, type Prepared } from '../src/operations/operations.js';
import { restore } from '../src/operations/restore.js';

/** Of the manifest: enough for every kind of change that is made to an operation. */
const SOME = 8;

describe('An answer that is written as text', () => {
  let answered: (
    prepared: Prepared,
    nulls?: number,
  ) => Promise<{ readonly whole: string; readonly texts: readonly (string | undefined)[] }>;
  let prepare: (text: string) => Prepared;
  let manifest: readonly string[];

  beforeAll(async () => {
    const sdl = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
    const { operations: all } = JSON.parse(await readFile(new URL('../../schema/operations/manifest.json', import.meta.url), 'utf8')) as {
      readonly operations: readonly { readonly type: string; readonly body: string }[];
    };
    manifest = all
      .filter(({ type, body }) => type === 'query' && !/\$\w+: [\w[\]]+!/u.test(body))
      .map(({ body }) => body)
      .slice(0, SOME);
    const engine = createEngine({ supergraphSdl: sdl });
    const supergraph = parse(sdl, { noLocation: true });
    const operations = new Operations({
      schema: engine.schema,
      policies: new PolicyTable(supergraph, engine.schema),
      sameForAll: new SameForAll(supergraph, engine.schema),
      limits: DEFAULT_LIMITS.document,
      introspection: true,
    });
    prepare = (text) => {
      const prepared = operations.prepare(text, undefined, { scopes: ['full'] });
      if (prepared.kind === 'refused') throw new Error(prepared.errors.map(String).join('\n'));
      return prepared;
    };
    const mishaps = { nulls: 0, errors: 0, hidden: 0, away: [] };
    const [whole, holed] = [new World(sdl, 'text', mishaps), new World(sdl, 'text', { ...mishaps, nulls: 100 })];
    answered = async ({ planned: { document, key }, isChanged, shape }, nulls = 0) => {
      const { fetch } = nulls === 0 ? whole : holed;
      const plan = await engine.plan({ document, key });
      const { data } = await engine.execute({ plan, variables: {}, fetch });
      const texts = [];
      for (let time = 0; time < 3; time += 1) {
        const answer = await engine.executeData({ plan, variables: {}, fetch, names: isChanged ? shape : undefined });
        texts.push('json' in answer ? answer.json : undefined);
      }
      return { whole: JSON.stringify(data == null || !isChanged ? data : restore(data, shape).data), texts };
    };
  });

  it('is in the bytes of one that was put together, whatever its keys were renamed to', async () => {
    const written: boolean[] = [];
    for (const text of manifest) {
      const { whole, texts } = await answered(prepare(text));
      expect(texts[0], 'who asks once pays for no code').toBeUndefined();
      expect([undefined, whole]).toContain(texts[2]);
      written.push(texts[2] !== undefined);
    }
    expect(written.filter(Boolean).length).toBeGreaterThan(manifest.length / 2);
  });

  it('is given up for one of which a part is missing, unless it may be', async () => {
    for (const text of manifest) {
      const { whole, texts } = await answered(prepare(text), 100);
      expect([undefined, whole]).toContain(texts[2]);
    }
  });

  it('has aliases in the place of what was planned, and nothing that only the gateway asked for', async () => {
    const { whole, texts } = await answered(prepare('{ mine: me { key: id kind: __typename __typename } top: __typename }'));
    expect(texts[2]).toBe(whole);
    expect(Object.keys(JSON.parse(whole) as object)).toEqual(['mine', 'top']);
  });

  it('is not made of a question about the schema under other names', async () => {
    const { texts } = await answered(prepare('{ about: __schema { queryType { called: name } } me { id } }'));
    expect(texts).toEqual([undefined, undefined, undefined]);
  });
});

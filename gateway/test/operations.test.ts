import { createHash } from 'node:crypto';
import { loadSupergraph } from '@plaza/federation-engine/plan/supergraph';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { TrustedDocuments } from '../src/operations/trusted-documents.js';
import { composedOnce } from './world.js';

const { apiSchema: schema } = loadSupergraph(composedOnce());
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const OWN = '{ things { name } }';
const documents = new TrustedDocuments({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: idOf(OWN), name: 'Own', type: 'query', body: OWN }],
});

describe('what a text comes to', () => {
  let operations: Operations;
  afterEach(() => void vi.useRealTimers());
  beforeEach(() => {
    const supergraph = parse(composedOnce());
    operations = new Operations({
      schema,
      policies: new PolicyTable(supergraph, schema),
      sameForAll: new SameForAll(supergraph, schema),
      limits: DEFAULT_LIMITS.document,
      documents,
      introspection: true,
    });
  });

  it.each([
    ['an operation that may run', '{ things { title } }'],
    ['one that may not', '{ nothing }'],
  ])('is kept from the second time on: %s', (_, text) => {
    const first = operations.prepare(text, undefined, null);
    expect(operations.knows(text)).toBe(false);
    const second = operations.prepare(text, undefined, null);
    expect(second).not.toBe(first);
    expect(operations.knows(text)).toBe(true);
    const third = operations.prepare(text, undefined, null);
    expect(third.kind === 'ready' ? third : third.errors).toBe(second.kind === 'ready' ? second : second.errors);
  });

  it('is kept at once where the text is the graph’s own', () => {
    const first = operations.prepare(OWN, undefined, null);
    expect(operations.knows(OWN)).toBe(true);
    expect(operations.prepare(OWN, undefined, null)).toBe(first);
  });

  it('is let go where nobody sent it for five minutes, of the graph’s own never', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    vi.advanceTimersByTime(1);
    const texts = { idle: '{ nothing }', used: '{ things { title } }', own: OWN };
    for (const text of [...Object.values(texts), ...Object.values(texts)]) operations.prepare(text, undefined, null);
    vi.advanceTimersByTime(200_000);
    operations.prepare(texts.used, undefined, null);
    vi.advanceTimersByTime(200_000);
    operations.prepare('{ another }', undefined, null);
    expect(Object.values(texts).map((text) => operations.knows(text))).toEqual([false, true, true]);
  });

  it('is told with its place where it is refused, and knows none where it may run', () => {
    const refused = operations.prepare('{\n  nothing\n}', undefined, null);
    expect(refused).toMatchObject({ kind: 'refused', errors: [{ locations: [{ line: 2, column: 3 }] }] });
    const ready = operations.prepare('{ things { title } }', undefined, null);
    expect(ready).toMatchObject({ kind: 'ready' });
    expect(ready).not.toHaveProperty('document.loc');
  });

  it('is found by whoever answers it, kept or not', () => {
    const text = '{ things { id } }';
    const prepared = operations.prepare(text, undefined, null);
    expect(prepared).toMatchObject({ document: operations.document(idOf(text)) });
    expect(operations.document(idOf('{ never }'))).toBeUndefined();
  });
});

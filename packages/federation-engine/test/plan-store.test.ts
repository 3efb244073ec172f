import { parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine, type OperationPlan } from '../src/engine.js';
import { supergraphOf } from './graphs.js';

const supergraphSdl = supergraphOf({
  one: 'type Query { a(n: Int): A } type A @key(fields: "id") { id: ID! one: String }',
  two: 'type A @key(fields: "id") { id: ID! two(if: Int): String }',
});

describe('plans of strangers', () => {
  afterEach(() => void vi.useRealTimers());
  const engine = createEngine({ supergraphSdl, planStoreMiB: 0.1 });
  const plan = (text: string): Promise<OperationPlan> => engine.plan({ document: parse(text) });
  const fetch = async (_: string, { query }: { readonly query: string }) => ({
    data: query.includes('_entities') ? { _entities: [{ two: 'b' }] } : { a: { __typename: 'A', id: '1', one: 'a' } },
  });

  it('are made once, and kept ready from the second time on', async () => {
    const text = '{ a { one two } }';
    const first = await plan(text);
    expect(engine.knows({ document: parse(text) })).toBe(true);
    const second = await plan(text);
    expect([second === first, second.text]).toEqual([false, first.text]);
    expect(await plan(text)).toBe(second);
    for (const made of [first, second])
      expect(await engine.execute({ plan: made, variables: {}, fetch })).toEqual({ data: { a: { one: 'a', two: 'b' } } });
  });

  it('that are asked for once do not take the place of those that are asked for again', async () => {
    const text = '{ a { two } }';
    await plan(text);
    const kept = await plan(text);
    for (let n = 0; n < 100; n += 1) await plan(`{ a(n: ${n}) { one } }`);
    expect(await plan(text)).toBe(kept);
    expect(engine.knows({ document: parse('{ a(n: 0) { one } }') })).toBe(false);
    expect(engine.knows({ document: parse('{ a(n: 99) { one } }') })).toBe(true);
  });

  it('that nobody asked for in five minutes are let go when the next one is planned', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    vi.advanceTimersByTime(1);
    const other = createEngine({ supergraphSdl });
    const documents = { once: parse('{ a { one } }'), idle: parse('{ a { two } }'), used: parse('{ a { two one } }') };
    const { once, idle, used } = documents;
    for (const document of [once, idle, idle, used, used]) await other.plan({ document });
    vi.advanceTimersByTime(200_000);
    await other.plan({ document: used });
    vi.advanceTimersByTime(200_000);
    await other.plan({ document: parse('{ a(n: 1) { one } }') });
    expect(Object.values(documents).map((document) => other.knows({ document }))).toEqual([false, false, true]);
  });

  it('that are trusted are kept ready at once', async () => {
    const request = { document: parse('{ a { one } }'), isTrusted: true };
    expect(await engine.plan(request)).toBe(await engine.plan(request));
  });
});

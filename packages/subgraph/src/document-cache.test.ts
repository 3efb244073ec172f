import { buildSchema } from 'graphql';
import { expect, it, vi } from 'vitest';
import { DocumentCache } from './document-cache.js';

const schema = buildSchema('type Query { a: Int }');
const documents = new DocumentCache(schema);

it('keeps the document of a text from the second time on', () => {
  const documentOf = (text: string): unknown => ({ document: undefined, ...documents.get(text) }).document;
  const [first, second, third] = [1, 2, 3].map(() => documentOf('{ a }'));
  expect(second).toEqual(first);
  expect([second === first, third === second]).toEqual([false, true]);
});

it('lets go of what nobody sent in five minutes', () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  vi.advanceTimersByTime(1);
  const others = new DocumentCache(schema);
  const documentOf = (): unknown => ({ document: undefined, ...others.get('{ a }') }).document;
  documentOf();
  const kept = documentOf();
  vi.advanceTimersByTime(200_000);
  expect(documentOf()).toBe(kept);
  vi.advanceTimersByTime(200_000);
  expect(documentOf()).toBe(kept);
  vi.advanceTimersByTime(301_000);
  expect(documentOf()).not.toBe(kept);
  vi.useRealTimers();
});

it('tells what is wrong with a text, each time', () => {
  for (const _ of [1, 2, 3])
    expect(documents.get('{ b }')).toMatchObject({ errors: [{ message: expect.stringContaining('Cannot query field "b"') }] });
  expect(documents.get('{')).toMatchObject({ errors: [{ message: expect.stringContaining('Syntax Error') }] });
});

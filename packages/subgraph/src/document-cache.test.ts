import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { DocumentCache } from './document-cache.js';

const documents = new DocumentCache(buildSchema('type Query { a: Int }'));

it('keeps the document of a text from the second time on', () => {
  const documentOf = (text: string): unknown => ({ document: undefined, ...documents.get(text) }).document;
  const [first, second, third] = [1, 2, 3].map(() => documentOf('{ a }'));
  expect(second).toEqual(first);
  expect([second === first, third === second]).toEqual([false, true]);
});

it('tells what is wrong with a text, each time', () => {
  for (const _ of [1, 2, 3])
    expect(documents.get('{ b }')).toMatchObject({ errors: [{ message: expect.stringContaining('Cannot query field "b"') }] });
  expect(documents.get('{')).toMatchObject({ errors: [{ message: expect.stringContaining('Syntax Error') }] });
});

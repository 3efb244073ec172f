import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { FIRST_QUERY } from './first-query.js';

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('is the README’s, and one that the graph answers', () => {
  expect(/```graphql\n([^`]*)```/u.exec(text('README.md'))?.[1]).toBe(FIRST_QUERY);
  expect(validate(buildSchema(text('schema/api.graphql')), parse(FIRST_QUERY))).toEqual([]);
});

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMENTS } from './comments.js';
import { PEOPLE } from './people.js';
import { POSTS } from './posts.js';

const handles = new Set(PEOPLE.map((person) => person.handle));
const exists = (file: string) => existsSync(new URL(`photos/${file}`, import.meta.url));

it('names only people that it has', () => {
  const named = [
    ...PEOPLE.flatMap((person) => person.follows),
    ...POSTS.map((post) => post.author),
    ...COMMENTS.map((comment) => comment.author),
  ];

  expect(named.filter((handle) => !handles.has(handle))).toEqual([]);
});

it('shows only photos that it has', () => {
  const shown = [...PEOPLE.map((person) => person.avatar), ...POSTS.flatMap((post) => (post.photo ? [post.photo[0]] : []))];

  expect(shown.filter((file) => !exists(file))).toEqual([]);
});

it('answers comments under the post that they stand under', () => {
  const astray = COMMENTS.filter(({ post, answers }, i) => answers !== undefined && (answers >= i || COMMENTS[answers]?.post !== post));

  expect(astray).toEqual([]);
});

it('comments only what everybody may see', () => {
  expect(COMMENTS.filter(({ post }) => POSTS[post] === undefined || POSTS[post].audience !== undefined)).toEqual([]);
});

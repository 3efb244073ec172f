import { expect, it } from 'vitest';
import { linksBack } from './rel-me.policy.js';

const profile = 'https://plaza.test/@anna';

it.each([
  '<a rel="me" href="https://plaza.test/@anna">me</a>',
  "<a href='https://plaza.test/@anna/' class=x rel='nofollow ME noopener'>",
  '<LINK REL=me HREF=https://plaza.test/@anna>',
  '<p>text</p>\n<a\n  rel="me"\n  href=" https://PLAZA.test/@anna ">',
])('sees a link back in %s', (html) => {
  expect(linksBack(html, profile)).toBe(true);
});

it.each([
  '<a href="https://plaza.test/@anna">no rel</a>',
  '<a rel="menu" href="https://plaza.test/@anna">',
  '<a rel="me" href="https://plaza.test/@anna2">',
  '<a rel="me" href="https://evil.test/https://plaza.test/@anna">',
  '<a rel="me" href="/@anna">',
  '<abbr rel="me" href="https://plaza.test/@anna">',
  '<a rel="me">https://plaza.test/@anna</a>',
  '',
  `<a ${'x '.repeat(30_000)}`,
])('sees none in %s', (html) => {
  expect(linksBack(html, profile)).toBe(false);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linkSubject } from './link.policy.js';

it.each<[string, string | null]>([
  ['https://example.com', 'https://example.com'],
  ['https://example.com/', 'https://example.com'],
  ['https://EXAMPLE.com/News/', 'https://example.com/News'],
  ['https://example.com/a?utm_source=x&b=2&fbclid=3#part', 'https://example.com/a?b=2'],
  ['https://example.com/a?b=2&a=1', 'https://example.com/a?a=1&b=2'],
  ['https://example.com?utm_medium=x', 'https://example.com'],
  ['http://例子.中国/路', 'http://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF'],
  ['https://user:word@example.com/', 'https://example.com'],
  ['ftp://example.com', null],
  ['javascript:alert(1)', null],
  ['nothing', null],
  [`https://example.com/${'a'.repeat(2_000)}`, null],
])('%s is %s', (link, subject) => {
  expect(linkSubject(link)).toBe(subject);
});

it('is the same again for what it made', () => {
  const isFixed = (url: string): boolean => {
    const subject = linkSubject(url);
    return subject === null || linkSubject(subject) === subject;
  };
  const urls = fc.webUrl({ withQueryParameters: true, withFragments: true });
  expect(fc.check(fc.property(urls, isFixed), { numRuns: 30 }).counterexample).toBeNull();
});

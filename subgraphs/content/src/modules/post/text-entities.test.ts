import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEntities, hashtagName, MAX_ENTITIES, type TextEntity } from './text-entities.js';

/** The entities of a text as [what is written, what it means]. */
const read = (text: string) => findEntities(text).map((entity) => [text.slice(entity.start, entity.end), meaning(entity)]);

function meaning(entity: TextEntity): string {
  switch (entity.kind) {
    case 'mention':
      return `@${entity.handle}`;
    case 'hashtag':
      return `#${entity.name}`;
    case 'link':
      return entity.url;
  }
}

describe('mentions', () => {
  it.each<[string, string[]]>([
    ['@anna', ['@anna']],
    ['hi @anna, hi @Binh_1!', ['@anna', '@binh_1']],
    ['(@anna) “@binh” .@chen -@dan', ['@anna', '@binh', '@chen', '@dan']],
    ['@anna.', ['@anna']],
    ['👍🏽@anna👨‍👩‍👧@binh', ['@anna', '@binh']],
    ['和@linh交换', ['@linh']],
    ['สวัสดี@anna', ['@anna']],
    ['\n@anna\t@binh', ['@anna', '@binh']],
    ['me@example.com', []],
    ['a@anna é@anna 1@anna _@anna ạ@anna', []],
    ['@@anna', []],
    ['@anna@host.org', []],
    ['@anna.com', []],
    ['@annaé @anna\u0301', []],
    ['/@anna foo+@anna', []],
    ['@', []],
    ['@ anna', []],
    [`@${'a'.repeat(31)}`, []],
    ['＠anna', []],
  ])('of %j are %j', (text, expected) => {
    expect(read(text).map(([, means]) => means)).toEqual(expected);
  });
});

describe('hashtags', () => {
  it.each<[string, string[]]>([
    ['#coffee', ['#coffee']],
    ['#Coffee #COFFEE', ['#coffee', '#coffee']],
    ['#hoànghôn', ['#hoànghôn']],
    [`#${'hoànghôn'.normalize('NFD')}`, ['#hoànghôn']],
    ['#bếpnhỏ.', ['#bếpnhỏ']],
    ['今天的主角是它 #猫', ['#猫']],
    ['吃了#美食真好', ['#美食真好']],
    ['#猫#', ['#猫']],
    ['#猫#狗', ['#猫']],
    ['#a1 #1a #2026年', ['#a1', '#1a', '#2026年']],
    ['#ＡＢＣ', ['#abc']],
    ['#İstanbul', ['#i̇stanbul']],
    ['#snake_case', ['#snake_case']],
    ['😀#ok', ['#ok']],
    ['#123 #2026 #_ #__ #①', []],
    ['a#b 1#b é#b', []],
    ['##a &#38; /#a', []],
    ['#', []],
    ['# a', []],
    ['#️⃣ #\u0301a', []],
    ['＃全角', []],
    [`#${'a'.repeat(101)}`, []],
  ])('of %j are %j', (text, expected) => {
    expect(read(text).map(([, means]) => means)).toEqual(expected);
  });
});

describe('links', () => {
  it.each<[string, [string, string][]]>([
    ['see https://example.com/a?b=c#d!', [['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d']]],
    ['https://x.com/@anna#tag', [['https://x.com/@anna#tag', 'https://x.com/@anna#tag']]],
    ['example.com/path.', [['example.com/path', 'https://example.com/path']]],
    ['(https://en.wikipedia.org/wiki/A_(b))', [['https://en.wikipedia.org/wiki/A_(b)', 'https://en.wikipedia.org/wiki/A_(b)']]],
    ['看https://example.com吧', [['https://example.com', 'https://example.com']]],
    ['http://例子.中国/路', [['http://例子.中国/路', 'http://例子.中国/路']]],
    ['HTTP://EXAMPLE.COM', [['HTTP://EXAMPLE.COM', 'HTTP://EXAMPLE.COM']]],
    ['😀 https://a.org 😀', [['https://a.org', 'https://a.org']]],
    ['javascript:alert(1) ftp://a.org mailto:a@b.org data:text/html,x //a.org', []],
    ['me@example.com', []],
    ['http://localhost/x https://user:word@evil.org', []],
    ['1.2.3.4 a.b e.g. i.e. 3.14 foo.bar', []],
  ])('of %j are %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('positions', () => {
  it('count UTF-16 code units', () => {
    const text = '👩‍👩‍👧 @anna 🇻🇳 #猫𠮷 e\u0301 https://a.org';
    expect(findEntities(text).map(({ start, end }) => [start, end])).toEqual([
      [9, 14],
      [20, 24],
      [28, 41],
    ]);
  });
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      '@',
      '#',
      'a',
      'A',
      '1',
      '_',
      '.',
      '/',
      ':',
      '猫',
      'ạ',
      '\u0301',
      '\ud83d',
      '\ude00',
      '👍',
      ' ',
      '-',
      '&',
      '＃',
      'ﷺ',
      '\0',
    ),
    maxLength: 300,
  }),
  fc
    .array(
      fc.constantFrom('@anna', '#tag', 'https://a.org/', 'a.com', '#猫', ' ', '(', ')', '@', '#', '?b=@c', 'http://', '😀', '吧', 'x'),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);

describe('whatever a text says', () => {
  it('its entities lie within it, in order, apart from each other, on what they name', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const entities = findEntities(text);
        expect(entities.length).toBeLessThanOrEqual(MAX_ENTITIES);
        let before = 0;
        for (const entity of entities) {
          expect(entity.start).toBeGreaterThanOrEqual(before);
          expect(entity.end).toBeGreaterThan(entity.start);
          expect(entity.end).toBeLessThanOrEqual(text.length);
          before = entity.end;
          const written = text.slice(entity.start, entity.end);
          // No entity cuts a character in two.
          if (!/\p{Surrogate}/u.test(text)) expect(written).not.toMatch(/\p{Surrogate}/u);
          if (entity.kind === 'mention') expect(written.toLowerCase()).toBe(`@${entity.handle}`);
          if (entity.kind === 'hashtag') expect(hashtagName(written.slice(1))).toBe(entity.name);
          if (entity.kind === 'link') expect(new URL(entity.url).protocol).toMatch(/^https?:$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('a hashtag’s name is its own name', () => {
    const isFixed = (name: string | null) => name === null || name.length > 100 || hashtagName(name) === name;
    const words = fc.string({ unit: 'binary', maxLength: 20 });
    expect(
      fc.check(
        fc.property(words, (word) => isFixed(hashtagName(word))),
        { numRuns: 5_000 },
      ).counterexample,
    ).toBeNull();
  });

  it('never has more than a hundred', () => {
    expect(findEntities('@anna #tag a.com '.repeat(200))).toHaveLength(MAX_ENTITIES);
  });

  it.each([
    '@',
    '#',
    '@a.b#',
    'a.',
    'http://',
    'https://a.com/(',
    'a.com/',
    '://',
    '好',
    '\u0301',
    '\ud800',
    'http://a-',
    'a@',
    '#a',
    '...',
    'https://a.a.',
  ])('takes time in proportion to its length: %j again and again', (piece) => {
    const text = (length: number) => piece.repeat(Math.ceil(length / piece.length));
    // A quadratic search of eight times the length would take sixty-four times as long.
    expect(cpuMs(text(200_000))).toBeLessThan(Math.max(24 * cpuMs(text(25_000)), 100));
  });
});

/** The best of three, in CPU time: others use this machine as well. */
function cpuMs(text: string): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    findEntities(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

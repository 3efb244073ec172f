import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, languageOf, MAX_TOKENS } from './analysis.js';

const terms = (text: string): readonly string[] => analyse(text).map(({ term }) => term);

describe('what can be found of a text', () => {
  it('is its words, without case, accents and plural', () => {
    expect(terms('The CAFÉS of Đà Nẵng')).toEqual(['the', 'cafe', 'of', 'da', 'nang']);
  });

  it('knows the exact spelling beside it', () => {
    expect(analyse('phở').map(({ term, exact }) => [term, exact])).toEqual([['pho', '=phở']]);
    expect(analyse('pho').map(({ term, exact }) => [term, exact])).toEqual([['pho', 'pho']]);
  });

  it('is each character of Chinese, and over them its words', () => {
    expect(
      analyse('我喜欢绿茶')
        .filter(({ kind }) => kind === 'CHARACTER')
        .map(({ term }) => term),
    ).toEqual(['我', '喜', '欢', '绿', '茶']);
    expect(
      analyse('我喜欢绿茶')
        .filter(({ kind }) => kind === 'SEGMENT')
        .map(({ term, position }) => [term, position]),
    ).toEqual([
      ['_喜欢', 2],
      ['_绿茶', 4],
    ]);
  });

  it('is the words of Thai, which has no spaces', () => {
    expect(terms('ฉันชอบกาแฟ')).toContain('กาแฟ');
  });

  it('parts scripts that stand side by side', () => {
    expect(terms('iPhone手机壳15')).toEqual(expect.arrayContaining(['iphone', '手', '_手机', '15']));
  });

  it('is hashtags and mentions, and the words within them', () => {
    const tokens = analyse('xin #CàPhê @Anna_B');
    expect(tokens.map(({ term }) => term)).toEqual(expect.arrayContaining(['#caphe', 'caphe', '@anna_b', 'anna', 'b']));
    expect(tokens.find(({ kind }) => kind === 'HASHTAG')).toMatchObject({ exact: '=#càphê', start: 4, end: 10 });
  });

  it('is emoji, whatever the skin', () => {
    expect(terms('👍🏽 🇻🇳 ❤️')).toEqual(['👍', '🇻🇳', '❤']);
  });

  it('is of an address only its host', () => {
    expect(terms('see https://shop.example.com/a/very/long?path=1 now')).toEqual(['see', 'shop', 'example', 'com', 'now']);
  });

  it('stands where it says, in order, for any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let position = 0;
        for (const token of analyse(text)) {
          expect(token.start).toBeGreaterThanOrEqual(0);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.end).toBeLessThanOrEqual(text.length);
          expect(token.position).toBeGreaterThanOrEqual(position);
          position = token.position;
          expect(token.term).not.toMatch(/[\s\0]/u);
        }
      }),
      { numRuns: 300 },
    ));

  it('is the same for a text and its decomposed twin', () =>
    fc.assert(
      fc.property(fc.constantFrom('Phở bò Đà Nẵng', 'Crème brûlée', 'ガラス 工房', 'über straße'), (text) => {
        expect(terms(text.normalize('NFD'))).toEqual(terms(text.normalize('NFC')));
      }),
    ));

  it('ends somewhere, and soon', () => {
    const began = performance.now();
    expect(analyse('茶'.repeat(20_000)).length).toBeLessThan(45_000);
    expect(analyse('a '.repeat(20_000)).length).toBe(MAX_TOKENS);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});

describe('the language of a text', () => {
  it.each([
    ['whatever', 'pt-BR', 'pt'],
    ['我喜欢绿茶', null, 'zh'],
    ['お茶が好き', null, 'ja'],
    ['Tôi thích phở', null, 'vi'],
    ['I like tea', null, null],
    ['녹차', null, 'ko'],
  ])('%s (said: %s) is %s', (text, said, expected) => expect(languageOf(text, said)).toBe(expected));
});

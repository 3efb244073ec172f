import { caseFolded, folded, withoutPlural } from './fold.js';

/**
 * WORD: of a script with spaces, or a number. CHARACTER: one of Chinese or Japanese. SEGMENT: a Chinese or Japanese word of several characters, lying
 * over them. SYLLABLES: a word of Thai, Lao, Khmer or Burmese. HASHTAG, MENTION: with the words within lying under them. EMOJI: without skin tone.
 */
export type TokenKind = 'WORD' | 'CHARACTER' | 'SEGMENT' | 'SYLLABLES' | 'HASHTAG' | 'MENTION' | 'EMOJI';

/** A piece of a text that can be found. */
export interface Token {
  readonly kind: TokenKind;
  /** What is compared: {@link folded}, and for some kinds with a first character that no word has. */
  readonly term: string;
  /** The term that only the same accents and endings have; the same as `term` where there is none. */
  readonly exact: string;
  /** Counts from 1; neighbours differ by one, what lies over others begins with the first of them. */
  readonly position: number;
  /** Where it stands in the text that was given, in UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** More is not looked at: it bounds an entry of the index and the work on one. */
export const MAX_TOKENS = 6_000;
/** Longer runs of letters are no words; they are cut. */
const MAX_WORD = 60;

const CHARACTERS = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC\uFF70\uFF9E\uFF9F`;
const SYLLABLES = String.raw`\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const LETTER = String.raw`[\p{L}\p{M}\p{N}]`;
const SPACED = String.raw`(?![${CHARACTERS}${SYLLABLES}])${LETTER}`;

const PIECE = new RegExp(
  [
    String.raw`(?<url>https?:\/\/[^\s${CHARACTERS}]+)`,
    String.raw`(?<hashtag>(?<!(?:${SPACED})|[_#&/])[#＃][\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)`,
    String.raw`(?<mention>(?<!(?:${SPACED})|[_@/])[@＠][A-Za-z0-9_]{1,30})`,
    String.raw`(?<emoji>\p{RI}{2}|\p{Extended_Pictographic}[\p{EMod}\uFE0F]*(?:\u200D\p{Extended_Pictographic}[\p{EMod}\uFE0F]*)*)`,
    String.raw`(?<spaced>(?:${SPACED})+)`,
    String.raw`(?<characters>[${CHARACTERS}][${CHARACTERS}\p{M}]*)`,
    String.raw`(?<syllables>[${SYLLABLES}][${SYLLABLES}\p{M}]*)`,
  ].join('|'),
  'gu',
);
const ONE_CHARACTER = /[\s\S][\p{M}\uFF9E\uFF9F]*/gu;

// Dictionaries go by script, whatever the locale.
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** What can be found of a text, in its order. Takes time in proportion to the text. At most {@link MAX_TOKENS}. */
export function analyse(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const take = (kind: TokenKind, start: number, end: number, term: string, exact: string): void => {
    if (term !== '') tokens.push({ kind, term, exact, position, start, end });
  };

  const word = (kind: 'WORD' | 'SYLLABLES', start: number, end: number): void => {
    const slice = text.slice(start, Math.min(end, start + MAX_WORD));
    const exact = onlyLetters(caseFolded(slice));
    const term = withoutPlural(onlyLetters(folded(slice)));
    if (term === '') return;
    position += 1;
    take(kind, start, end, term, exact === term ? term : `=${exact}`);
  };

  const characters = (start: number, end: number): void => {
    const run = text.slice(start, end);
    const first = position + 1;
    const places: number[] = [];
    const placeAt = new Map<number, number>();
    for (const match of run.matchAll(ONE_CHARACTER)) {
      const term = folded(match[0]);
      position += 1;
      placeAt.set(match.index, places.length);
      places.push(match.index);
      take('CHARACTER', start + match.index, start + match.index + match[0].length, term, term);
    }
    const last = position;
    for (const { segment, index, isWordLike } of segmenter.segment(run)) {
      const place = placeAt.get(index);
      if (isWordLike !== true || place === undefined || (places[place + 1] ?? run.length) >= index + segment.length) continue;
      position = first + place;
      const term = `_${folded(segment)}`;
      take('SEGMENT', start + index, start + index + segment.length, term, term);
    }
    position = last;
  };

  const pieces = (from: number, to: number, allowed: 'ALL' | 'WORDS'): void => {
    const part = text.slice(from, to);
    for (const { index, 0: piece, groups = {} } of part.matchAll(PIECE)) {
      if (tokens.length >= MAX_TOKENS) return;
      const start = from + index;
      const end = start + piece.length;
      if (groups['url'] !== undefined) {
        const host = /^https?:\/\/(?<host>[^/?#]*)/u.exec(piece)?.[0].length ?? 0;
        if (allowed === 'ALL') pieces(start + piece.indexOf('//') + 2, start + host, 'WORDS');
      } else if (groups['hashtag'] !== undefined || groups['mention'] !== undefined) {
        const under = position + 1;
        pieces(start + 1, end, 'WORDS');
        const after = Math.max(under, position);
        position = under;
        const name = piece.slice(1);
        if (groups['mention'] !== undefined) take('MENTION', start, end, `@${name.toLowerCase()}`, `@${name.toLowerCase()}`);
        else take('HASHTAG', start, end, hashtagTerm(name), exactHashtag(name));
        position = after;
      } else if (groups['emoji'] !== undefined) {
        position += 1;
        const term = piece.replaceAll(/[\p{EMod}\uFE0F]/gu, '');
        take('EMOJI', start, end, term, term);
      } else if (groups['characters'] !== undefined) characters(start, end);
      else if (groups['syllables'] !== undefined) {
        for (const { segment, index: at, isWordLike } of segmenter.segment(piece))
          if (isWordLike === true) word('SYLLABLES', start + at, start + at + segment.length);
      } else word('WORD', start, end);
    }
  };

  pieces(0, text.length, 'ALL');
  return tokens.toSorted((a, b) => a.position - b.position);
}

/** Compatibility forms of one letter may stand for several signs, spaces among them. */
const onlyLetters = (word: string): string => word.replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '');

/** What a hashtag is found by, however it is written: without the #, case and accents. */
export const hashtagTerm = (name: string): string => `#${folded(name).replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '')}`;

function exactHashtag(name: string): string {
  const exact = caseFolded(name).replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '');
  const term = hashtagTerm(name);
  return `#${exact}` === term ? term : `=#${exact}`;
}

const BY_SCRIPT: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Lao}/u, 'lo'],
  [/\p{Script=Khmer}/u, 'km'],
  [/\p{Script=Myanmar}/u, 'my'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/iu, 'vi'],
];

/** The primary language of a text: as its author said, else as its letters tell; null where they leave it open. */
export function languageOf(text: string, said: string | null): string | null {
  if (said !== null) return (said.split('-')[0] ?? said).toLowerCase();
  return BY_SCRIPT.find(([letters]) => letters.test(text.normalize('NFC')))?.[1] ?? null;
}

import { LinkifyIt } from 'linkify-it';

/** A part of a text that means something. Positions count UTF-16 code units, `end` is exclusive. */
export type TextEntity =
  /** `handle` in lower case, without the @. */
  | { readonly kind: 'mention'; readonly start: number; readonly end: number; readonly handle: string }
  | { readonly kind: 'hashtag'; readonly start: number; readonly end: number; readonly name: string }
  | { readonly kind: 'link'; readonly start: number; readonly end: number; readonly url: string };

export const MAX_ENTITIES = 100;
const MAX_HASHTAG = 100;
/** No link is longer: it bounds the work on a text without spaces. */
const MAX_LINK = 2_048;

/**
 * The mentions, hashtags and links of a text: sorted, never overlapping, the first {@link MAX_ENTITIES}. Links win: the @ and # within an address
 * mean nothing else. Takes time in proportion to the text, whatever it says.
 */
export function findEntities(text: string): readonly TextEntity[] {
  const links = findLinks(text);
  const marks = findMarks(text).filter(({ start, end }) => !links.some((link) => link.start < end && start < link.end));
  return [...links, ...marks].toSorted((a, b) => a.start - b.start).slice(0, MAX_ENTITIES);
}

/** The one subject behind a hashtag however it is written (without the #): NFKC, lower case. Null for what is no word. */
export function hashtagName(word: string): string | null {
  if (word.length > MAX_HASHTAG || !WORD.test(word)) return null;
  // Some compatibility forms of one letter stand for several words: what is between those goes.
  const folded = fold(word).replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '');
  return WORD.test(folded) && /\p{L}/u.test(folded) ? folded : null;
}

const WORD = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*$/u;

/** Until nothing changes: the lower case of some letters is a sequence that composes anew. */
function fold(word: string): string {
  const folded = word.normalize('NFKC').toLowerCase().normalize('NFKC');
  return folded === word ? word : fold(folded);
}

// Scripts that put no space between words: there a mark may stand right beside a letter.
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const LETTER_OF_A_WORD = String.raw`(?![${UNSPACED}])[\p{L}\p{M}\p{N}_]`;
const MARK = new RegExp(
  [
    // Not inside a word, an address (a@b, +@), a path (/@a), an HTML entity (&#38;), a query (=@) or a row of marks (@@, ##).
    String.raw`(?<!${LETTER_OF_A_WORD}|[@#/&+=])`,
    String.raw`(?:@(?<handle>[A-Za-z0-9_]{1,30})(?!${LETTER_OF_A_WORD}|@|\.[A-Za-z0-9_])`,
    String.raw`|#(?<word>[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*))`,
  ].join(''),
  'gu',
);

function findMarks(text: string): TextEntity[] {
  const found: TextEntity[] = [];
  let hashtagEnd = -1;
  for (const match of text.matchAll(MARK)) {
    const start = match.index;
    const end = start + match[0].length;
    const { handle, word } = match.groups ?? {};
    if (handle !== undefined) found.push({ kind: 'mention', start, end, handle: handle.toLowerCase() });
    // `#one#two`, `#one#`: only the first is a word by itself.
    if (word === undefined || start === hashtagEnd) continue;
    hashtagEnd = end;
    const name = hashtagName(word);
    if (name !== null) found.push({ kind: 'hashtag', start, end, name });
  }
  return found;
}

// http and https only; a host without scheme when its last label is a known one. Addresses of e-mail stay text.
const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false })
  .add('ftp:', null)
  .add('mailto:', null)
  .add('//', null);

function findLinks(text: string): TextEntity[] {
  const links: TextEntity[] = [];
  for (const { start, run } of runsOf(text)) {
    for (const match of linkify.match(run) ?? []) {
      const written = match.raw;
      const url = match.schema === '' ? `https://${written}` : written;
      if (!isWebAddress(url)) continue;
      links.push({ kind: 'link', start: start + match.index, end: start + match.lastIndex, url });
      if (links.length === MAX_ENTITIES) return links;
    }
  }
  return links;
}

/** The pieces between spaces that may hold a link, each cut to {@link MAX_LINK}: the search is not linear, on pieces of bounded length it is. */
function* runsOf(text: string): Generator<{ readonly start: number; readonly run: string }> {
  for (const match of text.matchAll(RUN)) {
    for (let from = 0; from < match[0].length; from += MAX_LINK) {
      const run = match[0].slice(from, from + MAX_LINK);
      if (run.includes('.')) yield { start: match.index + from, run };
    }
  }
}

// Where no space parts words, an address stands between letters: 看https://example.com吧
const HOST = String.raw`https?:\/\/[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`;
const RUN = new RegExp(String.raw`${HOST}(?=[${UNSPACED}])|(?:(?!(?<=[${UNSPACED}])https?:\/\/)\S)+`, 'giu');

/** Of http or https, with a host that has a dot: `http://user` is the rest of something else. */
function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && hostname.includes('.');
}

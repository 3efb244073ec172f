import { caseFolded } from './fold.js';

/** What a post can have, for has: */
export const HAS = ['media', 'photo', 'video', 'link', 'hashtag', 'mention', 'product'] as const;
/** What a post can be, for is: */
export const IS = ['edited', 'sensitive'] as const;

export type Trait = `has:${(typeof HAS)[number]}` | `is:${(typeof IS)[number]}`;

/** One thing that a query asks for, or with `isExcluded` asks not to see. */
export type Clause =
  | { readonly kind: 'words'; readonly text: string; readonly isExcluded: boolean }
  | { readonly kind: 'phrase'; readonly text: string; readonly isExcluded: boolean }
  /** Without the #. */
  | { readonly kind: 'hashtag'; readonly name: string; readonly isExcluded: boolean }
  /** In lower case, without the @. */
  | { readonly kind: 'mention'; readonly handle: string; readonly isExcluded: boolean }
  /** `me`: the one who asks. */
  | { readonly kind: 'from'; readonly handle: string; readonly isExcluded: boolean }
  | { readonly kind: 'trait'; readonly trait: Trait; readonly isExcluded: boolean }
  /** The primary subtag in lower case. */
  | { readonly kind: 'language'; readonly language: string; readonly isExcluded: boolean }
  /** Made before this moment. */
  | { readonly kind: 'before'; readonly at: Date }
  /** Made at this moment or later. */
  | { readonly kind: 'since'; readonly at: Date };

export type WarningCode = 'UNKNOWN_OPERATOR' | 'UNKNOWN_VALUE' | 'UNCLOSED_QUOTE' | 'TOO_LONG' | 'NOTHING_TO_FIND';

/** Something about a query that its writer would want to know; the rest of it counts. */
export interface QueryWarning {
  readonly code: WarningCode;
  readonly message: string;
  /** Which part of the query; the empty text means the whole. */
  readonly part: string;
}

export interface ParsedQuery {
  readonly clauses: readonly Clause[];
  readonly warnings: readonly QueryWarning[];
}

/** UTF-16 code units of a query that are read. */
export const MAX_QUERY = 500;
/** Clauses that are read. */
export const MAX_CLAUSES = 24;

const CLAUSE = new RegExp(
  [
    String.raw`(?<minus>[-−－])?(?:`,
    String.raw`["“”„＂](?<quoted>[^"“”„＂]*)(?<close>["“”„＂]?)`,
    String.raw`|(?<key>[A-Za-z]{1,20})[:：](?!\/\/)(?:["“”„＂](?<quotedValue>[^"“”„＂]*)["“”„＂]?|(?<value>[^\s"“”„＂]*))`,
    String.raw`|[#＃](?<hashtag>[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)(?=[\s"“”„＂]|$)`,
    String.raw`|[@＠](?<mention>[A-Za-z0-9_]{1,30})(?=[\s"“”„＂]|$)`,
    String.raw`|(?<words>[^\s"“”„＂]+))`,
  ].join(''),
  'gu',
);

/**
 * Reads a query: words (all of them), `"a phrase"`, `#tag`, `@handle`, `-` before what is not wanted, and the operators `from:` `has:` `is:`
 * `language:` (or `lang:`) `before:` `after:`. Never throws: what it does not understand is a warning. Linear in the query.
 */
export function parseQuery(query: string): ParsedQuery {
  const clauses: Clause[] = [];
  const warnings: QueryWarning[] = [];
  const warn = (code: WarningCode, part: string, message: string): void => void warnings.push({ code, part, message });
  if (query.length > MAX_QUERY) warn('TOO_LONG', '', `Only the first ${MAX_QUERY} characters were read.`);

  for (const match of whole(query.slice(0, MAX_QUERY)).matchAll(CLAUSE)) {
    const [part] = match;
    const { minus, quoted, close, key, quotedValue, value, hashtag, mention, words } = match.groups ?? {};
    const isExcluded = minus !== undefined;
    if (clauses.length >= MAX_CLAUSES) {
      warn('TOO_LONG', part, `Only the first ${MAX_CLAUSES} conditions were read.`);
      break;
    }
    if (quoted !== undefined) {
      if (close === '') warn('UNCLOSED_QUOTE', part, 'The quotation mark is not closed; the phrase goes to the end.');
      if (quoted.trim() !== '') clauses.push({ kind: 'phrase', text: quoted, isExcluded });
    } else if (hashtag !== undefined) clauses.push({ kind: 'hashtag', name: caseFolded(hashtag), isExcluded });
    else if (mention !== undefined) clauses.push({ kind: 'mention', handle: mention.toLowerCase(), isExcluded });
    else if (key !== undefined) {
      const read = operator(key.toLowerCase(), quotedValue ?? value ?? '', isExcluded);
      if ('code' in read) warn(read.code, part, read.message);
      if (!('code' in read)) clauses.push(read);
      else if (read.code === 'UNKNOWN_OPERATOR') clauses.push({ kind: 'words', text: `${key} ${quotedValue ?? value ?? ''}`, isExcluded });
    } else if (words !== undefined) clauses.push({ kind: 'words', text: words, isExcluded });
  }
  if (!clauses.some((clause) => !('isExcluded' in clause) || !clause.isExcluded)) {
    warn('NOTHING_TO_FIND', '', 'The query says nothing that is wanted.');
  }
  return { clauses, warnings };
}

/** Half a character at the cut would be none. */
const whole = (text: string): string => text.replaceAll(/\p{Surrogate}|\0/gu, ' ');

type Unread = Pick<QueryWarning, 'code' | 'message'>;
const unknownValue = (message: string): Unread => ({ code: 'UNKNOWN_VALUE', message });

function operator(key: string, value: string, isExcluded: boolean): Clause | Unread {
  const lower = value.toLowerCase();
  switch (key) {
    case 'from': {
      const handle = lower.replace(/^[@＠]/u, '');
      if (!/^[a-z0-9_]{1,30}$/u.test(handle)) return unknownValue('from: takes a handle.');
      return { kind: 'from', handle, isExcluded };
    }
    case 'has':
      if (!isOneOf(HAS, lower)) return unknownValue(`has: takes one of ${HAS.join(', ')}.`);
      return { kind: 'trait', trait: `has:${lower}`, isExcluded };
    case 'is':
      if (!isOneOf(IS, lower)) return unknownValue(`is: takes one of ${IS.join(', ')}.`);
      return { kind: 'trait', trait: `is:${lower}`, isExcluded };
    case 'language':
    case 'lang':
      if (!/^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/u.test(lower)) return unknownValue(`${key}: takes a language tag, like en or vi.`);
      return { kind: 'language', language: lower.split('-')[0] ?? lower, isExcluded };
    case 'before':
    case 'after': {
      const at = momentOf(value, key === 'after');
      if (at === null || isExcluded) return unknownValue(`${key}: takes a day, like 2026-11-21, or a moment, and no minus.`);
      return { kind: key === 'after' ? 'since' : 'before', at };
    }
    default:
      return { code: 'UNKNOWN_OPERATOR', message: `There is no operator ${key}:; it was read as words.` };
  }
}

const isOneOf = <const T extends readonly string[]>(values: T, value: string): value is T[number] => values.includes(value);

const DAY_MS = 86_400_000;

/** A day in UTC, its end when it is what something comes after, or an instant of ISO 8601. */
function momentOf(value: string, isEnd: boolean): Date | null {
  const isDay = /^\d{4}-\d{2}-\d{2}$/u.test(value);
  if (!isDay && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/u.test(value)) return null;
  const at = new Date(value);
  // 31 February is read as a day of March by some engines.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value.slice(0, 10)) return null;
  return isDay && isEnd ? new Date(at.getTime() + DAY_MS) : at;
}

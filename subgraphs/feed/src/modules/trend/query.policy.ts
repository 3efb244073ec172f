import { decayed, expectedFrom, surprise, THRESHOLD } from './trend.policy.js';

/** So many different people must have searched for something on one day before it is kept in words or shown. */
export const K = THRESHOLD;

const MAX_LENGTH = 80;
/** Addresses, handles and operators of the search language. */
const PRIVATE_MARKS = /[@:/\\<>"]/;
/** Telephone numbers, cards, codes. */
const NUMBERS = /\d(?:[\s().+-]*\d){5,}/;

/** The text by which a search counts as the same as another; null for what is never counted, because it may say something of a person. */
export function countable(text: string): string | null {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  if (plain.length < 2 || plain.length > MAX_LENGTH || PRIVATE_MARKS.test(plain) || NUMBERS.test(plain)) return null;
  return plain;
}

/** What enough people searched for on a day. */
export interface QueryDay {
  readonly text: string;
  /** Of the UTC day, at midnight. */
  readonly day: Date;
  readonly people: number;
  readonly lastAt: Date;
}

const DAY_MS = 86_400_000;

/** The strongest first: each text by the better of its days, against the day before, halved every four hours since it was searched for last. */
export function rankedQueries(days: readonly QueryDay[], now: Date): readonly { readonly text: string; readonly people: number }[] {
  const peopleOn = new Map(days.map(({ text, day, people }) => [`${day.getTime()} ${text}`, people]));
  const best = new Map<string, { readonly text: string; readonly people: number; readonly score: number }>();
  for (const { text, day, people, lastAt } of days) {
    if (people < K) continue;
    const before = peopleOn.get(`${day.getTime() - DAY_MS} ${text}`) ?? 0;
    const score = decayed('HASHTAG', surprise(people, expectedFrom(before)), now.getTime() - lastAt.getTime());
    if (score > (best.get(text)?.score ?? 0)) best.set(text, { text, people, score });
  }
  return [...best.values()]
    .toSorted((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1))
    .map(({ text, people }) => ({ text, people }));
}

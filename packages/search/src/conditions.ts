import { analyse, hashtagTerm, type Token } from './analysis.js';
import { caseFolded, folded } from './fold.js';
import type { Clause } from './query-language.js';

/** Terms that stand side by side, in this order: one for a word, several for a phrase and for a word of several characters. */
export interface Condition {
  readonly sequence: readonly string[];
  /** Terms that the best matches have as well: the same accents and endings, the same borders of words. */
  readonly preferred: readonly string[];
  /** Names also match when the last term is only the beginning of theirs. */
  readonly isOpen: boolean;
}

/** What the texts of a result must and must not have. */
export interface Conditions {
  readonly must: readonly Condition[];
  readonly mustNot: readonly Condition[];
  /** The words as one name, folded; null without words. */
  readonly name: string | null;
}

/** Conditions that are looked at, over all clauses. */
export const MAX_CONDITIONS = 32;

/** The part of a query that texts answer. */
export function conditionsOf(clauses: readonly Clause[]): Conditions {
  const must: Condition[] = [];
  const mustNot: Condition[] = [];
  const names: string[] = [];
  for (const clause of clauses) {
    const found = conditionsOfClause(clause);
    if (found === null) continue;
    (found.isExcluded ? mustNot : must).push(...found.conditions);
    if (!found.isExcluded) names.push(found.name);
  }
  const last = must.slice(0, MAX_CONDITIONS).at(-1);
  return {
    must: must.slice(0, MAX_CONDITIONS).map((condition) => ({ ...condition, isOpen: condition === last && condition.isOpen })),
    mustNot: mustNot.slice(0, MAX_CONDITIONS),
    name: names.length === 0 ? null : nameOf(names.join(' ')),
  };
}

/** A name as it is compared: folded, one space between words. */
export const nameOf = (text: string): string => folded(text).replaceAll(/\s+/gu, ' ').trim().slice(0, MAX_NAME);
export const MAX_NAME = 80;

interface OfClause {
  readonly isExcluded: boolean;
  readonly conditions: readonly Condition[];
  readonly name: string;
}

function conditionsOfClause(clause: Clause): OfClause | null {
  switch (clause.kind) {
    case 'words':
      return { isExcluded: clause.isExcluded, conditions: ofWords(clause.text), name: clause.text };
    case 'phrase': {
      const condition = ofPhrase(clause.text);
      return { isExcluded: clause.isExcluded, conditions: condition === null ? [] : [condition], name: clause.text };
    }
    case 'hashtag': {
      const term = hashtagTerm(clause.name);
      const exact = `#${caseFolded(clause.name)}`;
      const condition = { sequence: [term], preferred: exact === term ? [] : [`=${exact}`], isOpen: true };
      return { isExcluded: clause.isExcluded, conditions: [condition], name: clause.name };
    }
    case 'mention': {
      const condition = { sequence: [`@${clause.handle}`], preferred: [], isOpen: true };
      return { isExcluded: clause.isExcluded, conditions: [condition], name: clause.handle };
    }
    case 'from':
    case 'before':
    case 'since':
    case 'language':
    case 'trait':
      return null;
  }
}

/** Each word is a condition of its own; the characters of one word belong together. */
function ofWords(text: string): readonly Condition[] {
  const tokens = analyse(text);
  const segments = new Map(tokens.filter(({ kind }) => kind === 'SEGMENT').map((token) => [token.position, token]));
  const conditions: Condition[] = [];
  let coveredTo = 0;
  const steps = stepsOf(tokens);
  for (const token of steps) {
    if (token.end <= coveredTo) continue;
    const segment = segments.get(token.position);
    if (segment === undefined) {
      conditions.push({ sequence: [token.term], preferred: token.exact === token.term ? [] : [token.exact], isOpen: true });
    } else {
      const within = steps.filter(({ start, end }) => start >= segment.start && end <= segment.end);
      conditions.push({ sequence: within.map(({ term }) => term), preferred: [segment.term], isOpen: true });
      coveredTo = segment.end;
    }
  }
  return conditions;
}

function ofPhrase(text: string): Condition | null {
  const tokens = analyse(text);
  const sequence = stepsOf(tokens).map(({ term }) => term);
  if (sequence.length === 0) return null;
  const exact = tokens.filter(({ kind, term, exact: other }) => kind !== 'HASHTAG' && kind !== 'MENTION' && other !== term);
  return { sequence, preferred: exact.map((token) => token.exact), isOpen: false };
}

/** What makes a step from one position to the next; the others lie over them. */
const stepsOf = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter(({ kind }) => kind !== 'SEGMENT' && kind !== 'HASHTAG' && kind !== 'MENTION');

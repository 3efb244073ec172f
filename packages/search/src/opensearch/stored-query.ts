import type { Condition } from '../conditions.js';
import { nameOf } from '../conditions.js';
import { analyse } from '../analysis.js';
import { type DocumentKind, type IndexQuery, type SuggestQuery } from '../search-index.js';
import { BEGINNING, type TermField } from './layout.js';
import { KINDS, MAX_BEGINNING, storedTerm, wellFormed } from './stored-document.js';

/** Ranks are whole numbers, and small enough to be exact in the 32 bits of a score: at most about 105 × this. */
export const RANKS_PER_SCORE = 100_000;
/** More words in one look for how closely they stand are not worth their time. */
const MAX_NEAR = 24;
/** So far apart two words may stand and still be near. */
const NEAR = 1_000;

/** In the first field stands what a thing is called or says, in the second what stands beside it. */
const OF_POSTS: readonly TermField[] = ['text', 'aside'];
const OF_NAMES: readonly TermField[] = ['name', 'about'];

const POST = KINDS.indexOf('POST');
const NAMED: readonly DocumentKind[] = KINDS.filter((kind) => kind !== 'POST');

/** What stands before density, for posts and for names, as in PostgresIndex. */
const DENSITY_OF_POSTS = 1.5;
const BASE_OF_POSTS = 0.5;
const BASE_OF_NAMES = 0.8;
const SIDE_BY_SIDE = 0.6;
const PREFERRED = 0.4;

/** Attention and, of posts, youth; of names whether they are just what was asked for. `_score` is what the texts say. */
const RANK = `
  double weight = 1 + 0.06 * doc['weight'].value;
  if (doc['kind'].value == params.post) {
    double days = Math.max(0, params.asOf - doc['createdAt'].value.toInstant().toEpochMilli()) / 86400000.0;
    return Math.floor(params.ranks * params.density * _score * weight * (0.4 + 0.6 / (1 + days / 60)));
  }
  double called = 0;
  if (params.name != '') {
    if (doc['called'].size() > 0 && doc['called'].value == params.name) called = 100;
    else if (doc['names'].contains(params.name)) called = 20;
  }
  return Math.floor(params.ranks * (_score * weight + called));
`;

type Clause = Readonly<Record<string, unknown>>;

/** The body of a search for what has words, the most relevant first. */
export function relevantQuery(query: IndexQuery): Clause {
  const { must, name, kinds, asOf, after, limit } = query;
  const groups: Clause[] = [];
  if (kinds === null || kinds.includes('POST')) groups.push(relevantPosts(query));
  const named = NAMED.filter((kind) => kinds === null || kinds.includes(kind));
  if (named.length > 0) groups.push(relevantNames(query, named));
  return {
    query: {
      script_score: {
        query: anyOf(groups),
        script: {
          source: RANK,
          params: {
            ranks: RANKS_PER_SCORE,
            density: DENSITY_OF_POSTS,
            post: POST,
            asOf: asOf.getTime(),
            name: must.length === 0 || name === null ? '' : wellFormed(name),
          },
        },
      },
    },
    sort: [{ _score: 'desc' }, { kind: 'desc' }, { id: 'desc' }],
    ...(after === null ? {} : { search_after: [after.rank, KINDS.indexOf(after.kind), after.id] }),
    ...head(limit),
  };
}

/** The body of a search for posts without words: the newest first, whose milliseconds are the rank. */
export function newestQuery(query: IndexQuery): Clause {
  const { mustNot, after, limit } = query;
  return {
    query: {
      bool: { filter: postFilters(query), must_not: [...postExclusions(query), ...mustNot.map((one) => matching(one, OF_POSTS, false))] },
    },
    sort: [{ createdAt: 'desc' }, { id: 'desc' }],
    ...(after === null ? {} : { search_after: [after.rank, after.id] }),
    ...head(limit),
  };
}

/** The body of a search for names that begin so; null where nothing can. */
export function beginningsQuery({ prefix, kinds, near, limit }: SuggestQuery): Clause | null {
  const name = wellFormed(nameOf(prefix));
  if (name === '') return null;
  return {
    query: {
      bool: {
        filter: [...suggestable(kinds), { prefix: { beginnings: name } }],
        should: [constant({ term: { called: name } }, 4), constant({ terms: { id: near } }, 2)],
      },
    },
    sort: [{ _score: 'desc' }, { weight: 'desc' }, { labelLength: 'asc' }, { label: 'asc' }, { id: 'asc' }],
    ...head(limit),
  };
}

/** As {@link beginningsQuery}, forgiving a slip or, in a long word, two; null for what is too short to say what was mistyped. */
export function slipsQuery({ prefix, kinds, limit }: SuggestQuery): Clause | null {
  const words = analyse(prefix).filter(({ kind }) => kind !== 'SEGMENT' && kind !== 'HASHTAG' && kind !== 'MENTION');
  if (words.length === 0 || nameOf(prefix).length < 3) return null;
  const slips = words.slice(0, MAX_NEAR).map(({ term }) => {
    const { length } = [...term];
    const fuzziness = length < 3 ? 0 : length < 8 ? 1 : 2;
    return { fuzzy: { name: { value: beginning(term), fuzziness, prefix_length: 2, max_expansions: 50 } } };
  });
  return {
    query: { bool: { filter: [...suggestable(kinds), ...slips] } },
    sort: [{ weight: 'desc' }, { id: 'asc' }],
    ...head(limit),
  };
}

/** A page of hits without their sources, whole or not at all. */
const head = (limit: number): Clause => ({
  size: limit,
  track_total_hits: false,
  _source: false,
  docvalue_fields: ['kind', 'id', 'authorId', 'label'],
});

function relevantPosts(query: IndexQuery): Clause {
  const { must, mustNot } = query;
  return {
    bool: {
      filter: [...postFilters(query), ...must.map((condition) => matching(condition, OF_POSTS, false))],
      must_not: [...postExclusions(query), ...mustNot.map((condition) => matching(condition, OF_POSTS, false))],
      // Divided by what the whole is multiplied with, so that density counts as itself.
      must: [constant({ match_all: {} }, BASE_OF_POSTS / DENSITY_OF_POSTS)],
      should: [
        ...nearness(must, OF_POSTS, false),
        ...sideBySide(must, OF_POSTS, SIDE_BY_SIDE / DENSITY_OF_POSTS),
        ...preferred(must, OF_POSTS, 'any', PREFERRED / DENSITY_OF_POSTS),
        ...preferred(must, OF_POSTS, 'all', PREFERRED / DENSITY_OF_POSTS),
      ],
    },
  };
}

function relevantNames({ must, mustNot }: IndexQuery, kinds: readonly DocumentKind[]): Clause {
  return {
    bool: {
      filter: [kindsAre(kinds), ...must.map((condition) => matching(condition, OF_NAMES, true))],
      must_not: mustNot.map((condition) => matching(condition, OF_NAMES, false)),
      must: [constant({ match_all: {} }, BASE_OF_NAMES)],
      should: [...nearness(must, OF_NAMES, true), ...preferred(must, OF_NAMES, 'all', PREFERRED)],
    },
  };
}

function postFilters({ kinds, readsAlsoBy, authorIds, languages, traits, since, before }: IndexQuery): readonly Clause[] {
  return [
    kindsAre(kinds === null || kinds.includes('POST') ? ['POST'] : []),
    anyOf([{ term: { isPublic: true } }, ...(readsAlsoBy.length === 0 ? [] : [{ terms: { authorId: readsAlsoBy } }])]),
    ...(authorIds === null ? [] : [{ terms: { authorId: authorIds } }]),
    ...(languages === null ? [] : [{ terms: { language: languages } }]),
    ...traits.map((trait) => ({ term: { traits: trait } })),
    ...(since === null ? [] : [{ range: { createdAt: { gte: since.getTime() } } }]),
    ...(before === null ? [] : [{ range: { createdAt: { lt: before.getTime() } } }]),
  ];
}

function postExclusions({ notAuthorIds, notLanguages, notTraits }: IndexQuery): readonly Clause[] {
  return [
    ...(notAuthorIds.length === 0 ? [] : [{ terms: { authorId: notAuthorIds } }]),
    ...(notLanguages.length === 0 ? [] : [{ terms: { language: notLanguages } }]),
    ...(notTraits.length === 0 ? [] : [{ terms: { traits: notTraits } }]),
  ];
}

const kindsAre = (kinds: readonly DocumentKind[]): Clause => ({ terms: { kind: kinds.map((kind) => KINDS.indexOf(kind)) } });

const suggestable = (kinds: readonly DocumentKind[] | null): readonly Clause[] => [
  kindsAre(kinds ?? KINDS),
  { term: { isPublic: true } },
  { exists: { field: 'label' } },
];

/** The terms of a condition side by side in one of the fields; with `mayBegin` an open one may end with the beginning of a term. */
const matching = ({ sequence, isOpen }: Condition, fields: readonly TermField[], mayBegin: boolean): Clause =>
  anyOf(fields.map((field) => sideBySideIn(field, termsOf(sequence, mayBegin && isOpen))));

/** How often and how closely all the words stand in a field. */
function nearness(must: readonly Condition[], fields: readonly TermField[], mayBegin: boolean): readonly Clause[] {
  const terms = [...new Set(must.flatMap(({ sequence, isOpen }) => termsOf(sequence, mayBegin && isOpen)))].slice(0, MAX_NEAR);
  if (terms.length === 0) return [];
  // A phrase scores once for each of its terms.
  const boost = 1 / terms.length;
  return [{ dis_max: { queries: fields.map((field) => sideBySideIn(field, terms, NEAR, boost)) } }];
}

function sideBySide(must: readonly Condition[], fields: readonly TermField[], worth: number): readonly Clause[] {
  if (must.length < 2) return [];
  const terms = must.flatMap(({ sequence }) => termsOf(sequence, false));
  return [constant(anyOf(fields.map((field) => sideBySideIn(field, terms))), worth)];
}

function preferred(must: readonly Condition[], fields: readonly TermField[], how: 'any' | 'all', worth: number): readonly Clause[] {
  const terms = [...new Set(must.flatMap((condition) => condition.preferred))].map(storedTerm);
  if (terms.length === 0) return [];
  const each = terms.map((term) => anyOf(fields.map((field) => ({ term: { [field]: term } }))));
  return [constant(how === 'any' ? anyOf(each) : { bool: { filter: each } }, worth)];
}

const termsOf = (sequence: readonly string[], isOpen: boolean): readonly string[] =>
  sequence.map((term, index) => (isOpen && index === sequence.length - 1 ? beginning(term) : storedTerm(term)));

const beginning = (term: string): string => BEGINNING + storedTerm(term).slice(0, MAX_BEGINNING);

function sideBySideIn(field: TermField, terms: readonly string[], slop = 0, boost = 1): Clause {
  const [only] = terms;
  return terms.length === 1
    ? { term: { [field]: { value: only, boost } } }
    : { match_phrase: { [field]: { query: terms.join(' '), slop, boost } } };
}

const anyOf = (clauses: readonly Clause[]): Clause => ({ bool: { should: clauses, minimum_should_match: 1 } });
const constant = (filter: Clause, boost: number): Clause => ({ constant_score: { filter, boost } });

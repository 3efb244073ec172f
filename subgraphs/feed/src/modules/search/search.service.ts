import type { ViewerClaims } from '@plaza/auth/assertion';
import type { CallClient } from '@plaza/calls/call-client';
import { usersByHandle } from '@plaza/calls/contracts/accounts.calls';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import { searchablePosts, searchableUsers } from '@plaza/calls/contracts/search.calls';
import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import { type Condition, conditionsOf } from '@plaza/search/conditions';
import { highlight, type TextRange } from '@plaza/search/highlight';
import { type Clause, parseQuery, type QueryWarning } from '@plaza/search/query-language';
import type { DocumentKind, IndexHit, IndexQuery, IndexSuggestion, ResultPosition, SearchIndex } from '@plaza/search/search-index';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { AudienceStore } from './audience.store.js';
import { type NamedField, postFields, userFields } from './documents.policy.js';
import { belongsInResult, mayBeFound } from './search.policy.js';

/** Looked at beyond what is asked for, in the hope that one round is enough although some are hidden. */
const SPARE = 8;
const SPARE_PART = 0.25;
/** At most so many rounds, each four times as wide as the one before: so many statements has a page at most, and so many candidates one of them. */
const ROUNDS = 3;
const WIDEST = 800;
/** So many people's posts for their followers are searched, those followed last; and so many come first in suggestions. */
const MAX_FOLLOWEES = 1_000;
/** Suggestions that are hidden are made up for from so many more. */
const SUGGESTIONS_SPARE = 10;

/** On whose behalf and with whose eyes is searched. */
export interface Searcher {
  readonly viewer: ViewerClaims | null;
  readonly scope: RequestScope;
  readonly people: People;
}

/** Where a page goes on: after this one, with youth as of the first page's moment. */
export interface SearchPosition extends ResultPosition {
  readonly asOf: Date;
}

export interface SearchRequest {
  readonly query: string;
  readonly kinds: readonly DocumentKind[] | null;
  readonly first: number;
  readonly after: SearchPosition | null;
}

export interface SearchHit extends IndexHit {
  readonly highlights: readonly { readonly field: string; readonly ranges: readonly TextRange[] }[];
  readonly position: SearchPosition;
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly hasNextPage: boolean;
  /** Where the next page begins when it does not begin after the last hit: so much was hidden that this page stayed short. */
  readonly resumeAt: SearchPosition | null;
  readonly warnings: readonly QueryWarning[];
}

/** Answers searches: what the index finds, less what the rules of everyone concerned hide today, before a page is cut. */
export class SearchService {
  readonly #index: SearchIndex;
  readonly #audience: AudienceStore;
  readonly #calls: CallClient;
  readonly #clock: Clock;

  constructor(index: SearchIndex, audience: AudienceStore, calls: CallClient, clock: Clock) {
    this.#index = index;
    this.#audience = audience;
    this.#calls = calls;
    this.#clock = clock;
  }

  /** @throws Fault UNAVAILABLE when posts' visibility cannot be asked, or relations are neither known nor to be had: never a wrong page. */
  async page(searcher: Searcher, { query: text, kinds, first, after }: SearchRequest): Promise<SearchPage> {
    const { clauses, warnings } = parseQuery(text);
    const asked = await this.#read(searcher, clauses, kinds, after?.asOf ?? this.#clock.now());
    if (asked === null) {
      const isSaid = warnings.some(({ code }) => code === 'NOTHING_TO_FIND');
      const nothing: QueryWarning = { code: 'NOTHING_TO_FIND', part: '', message: 'The query says nothing that can be found.' };
      return { hits: [], hasNextPage: false, resumeAt: null, warnings: isSaid ? warnings : [...warnings, nothing] };
    }
    const isNamed = asked.authorIds !== null;
    const found: IndexHit[] = [];
    let position: ResultPosition | null = after;
    let isEnd = false;
    let width = Math.min(WIDEST, first + 1 + SPARE + Math.ceil(first * SPARE_PART));
    for (let round = 0; round < ROUNDS && !isEnd && found.length <= first; round += 1) {
      const hits = await this.#index.query({ ...asked, after: position, limit: width });
      found.push(...(await this.#allowed(searcher, hits, isNamed)));
      position = hits.at(-1) ?? position;
      isEnd = hits.length < width;
      width = Math.min(WIDEST, width * 4);
    }
    const isShort = found.length <= first && !isEnd;
    const at = ({ rank, kind, id }: ResultPosition): SearchPosition => ({ rank, kind, id, asOf: asked.asOf });
    const shown = found.slice(0, first);
    const highlights = await this.#highlights(searcher, shown, asked.must);
    return {
      hits: shown.map((hit) => ({ ...hit, position: at(hit), highlights: highlights(hit) })),
      hasNextPage: found.length > first || isShort,
      resumeAt: isShort && position !== null ? at(position) : null,
      warnings,
    };
  }

  /** What may complete a prefix, at most `first`. @throws Fault UNAVAILABLE as {@link page}. */
  async suggestions({ viewer, people }: Searcher, prefix: string, first: number): Promise<readonly IndexSuggestion[]> {
    const sign = /^\s*(?<sign>[@＠#＃])/u.exec(prefix)?.groups?.['sign'];
    const kinds: readonly DocumentKind[] = sign === undefined ? ['USER', 'HASHTAG'] : '@＠'.includes(sign) ? ['USER'] : ['HASHTAG'];
    const near = viewer === null ? [] : await this.#audience.followees(viewer.id, MAX_FOLLOWEES);
    const typed = prefix.replace(/^\s*[@＠#＃]?/u, '');
    const found = await this.#index.suggest({ prefix: typed, kinds, near, limit: first * 2 + SUGGESTIONS_SPARE });
    const sights = await people.sights(found.flatMap(({ authorId }) => (authorId === null ? [] : [authorId])));
    return found
      .filter(({ authorId }) => {
        const sight = authorId === null ? undefined : sights.get(authorId);
        return authorId === null || (sight !== undefined && mayBeFound(sight));
      })
      .slice(0, first);
  }

  /** The query as an index takes it; null when nothing that is wanted can be found. */
  async #read(
    { viewer, scope }: Searcher,
    clauses: readonly Clause[],
    kinds: readonly DocumentKind[] | null,
    asOf: Date,
  ): Promise<Omit<IndexQuery, 'after' | 'limit'> | null> {
    const conditions = conditionsOf(clauses);
    const saysSomething = clauses.some((clause) => !('isExcluded' in clause) || !clause.isExcluded);
    const saysWords = clauses.some((clause) => isText(clause) && !clause.isExcluded);
    if (!saysSomething || (saysWords && conditions.must.length === 0)) return null;

    const filters = clauses.filter((clause) => !isText(clause));
    const [authors, followees] = await Promise.all([
      this.#authors(filters, viewer, scope),
      viewer === null ? [] : this.#audience.followees(viewer.id, MAX_FOLLOWEES),
    ]);
    const languages = of(filters, 'language', false).map(({ language }) => language);
    const times = (kind: 'since' | 'before') => filters.flatMap((clause) => (clause.kind === kind ? [clause.at.getTime()] : []));
    return {
      ...conditions,
      // Operators are about posts.
      kinds: filters.length === 0 ? kinds : kinds === null || kinds.includes('POST') ? ['POST'] : [],
      authorIds: authors.wanted,
      notAuthorIds: authors.unwanted,
      languages: languages.length === 0 ? null : languages,
      notLanguages: of(filters, 'language', true).map(({ language }) => language),
      traits: of(filters, 'trait', false).map(({ trait }) => trait),
      notTraits: of(filters, 'trait', true).map(({ trait }) => trait),
      since: dateOf(times('since'), Math.max),
      before: dateOf(times('before'), Math.min),
      readsAlsoBy: viewer === null ? [] : [viewer.id, ...followees],
      asOf,
    };
  }

  /** Whom from: means; a handle that nobody has finds nothing. */
  async #authors(filters: readonly Clause[], viewer: ViewerClaims | null, scope: RequestScope) {
    const froms = filters.filter((clause) => clause.kind === 'from');
    const handles = [...new Set(froms.map(({ handle }) => handle).filter((handle) => handle !== 'me'))];
    const { users } = handles.length === 0 ? { users: [] } : await this.#calls.ask(usersByHandle, { handles }, scope);
    const ids = new Map(users.map(({ handle, userId }) => [handle, userId]));
    if (viewer !== null) ids.set('me', viewer.id);
    const idsOf = (isExcluded: boolean): string[] =>
      froms.flatMap((from) => (from.isExcluded === isExcluded && ids.has(from.handle) ? [ids.get(from.handle) ?? ''] : []));
    return { wanted: froms.some(({ isExcluded }) => !isExcluded) ? idsOf(false) : null, unwanted: idsOf(true) };
  }

  async #allowed({ scope, people }: Searcher, hits: readonly IndexHit[], isNamed: boolean): Promise<readonly IndexHit[]> {
    const postIds = hits.flatMap(({ kind, id }) => (kind === 'POST' ? [id] : []));
    const [answer, sights] = await Promise.all([
      postIds.length === 0 ? { posts: [] } : this.#calls.ask(visiblePosts, { postIds }, scope),
      people.sights(hits.flatMap(({ authorId }) => (authorId === null ? [] : [authorId]))),
    ]);
    const visible = new Set(answer.posts.map(({ postId }) => postId));
    return hits.filter(({ kind, id, authorId }) => {
      const author = authorId === null ? undefined : sights.get(authorId);
      switch (kind) {
        case 'HASHTAG':
          return true;
        case 'USER':
          return author !== undefined && mayBeFound(author);
        case 'POST':
          return author !== undefined && visible.has(id) && belongsInResult(author, isNamed);
        case 'PRODUCT':
          // No owner tells of products yet; what cannot be asked for is not shown.
          return false;
      }
    });
  }

  /** Of what is shown: each text as it reads now, so that positions fit it. An ornament: without its owner a page comes without. */
  async #highlights({ scope }: Searcher, hits: readonly IndexHit[], must: readonly Condition[]) {
    const idsOf = (wanted: DocumentKind): string[] => hits.flatMap(({ kind, id }) => (kind === wanted ? [id] : []));
    const [postIds, userIds] = must.length === 0 ? [[], []] : [idsOf('POST'), idsOf('USER')];
    const [posts, users] = await Promise.all([
      postIds.length === 0
        ? []
        : this.#calls.ask(searchablePosts, { postIds }, scope).then(
            (answer) => answer.posts,
            () => [],
          ),
      userIds.length === 0
        ? []
        : this.#calls.ask(searchableUsers, { userIds }, scope).then(
            (answer) => answer.users,
            () => [],
          ),
    ]);
    const fields = new Map<string, readonly NamedField[]>([
      ...posts.map((post) => [`POST ${post.postId}`, postFields(post)] as const),
      ...users.map((user) => [`USER ${user.userId}`, userFields(user)] as const),
    ]);
    // In a name, neither # nor @ is written.
    const inNames = must.map((condition) => ({
      ...condition,
      sequence: condition.sequence.map((term) => term.replace(/^[#@](?=.)/u, '')),
    }));
    return ({ kind, id }: IndexHit): SearchHit['highlights'] => {
      const own = kind === 'HASHTAG' ? [{ field: 'name', text: id, importance: 'NAME' } as const] : (fields.get(`${kind} ${id}`) ?? []);
      return own.flatMap(({ field, text, importance }) => {
        const isName = kind !== 'POST' && importance === 'NAME';
        const ranges = highlight(text, isName ? [...must, ...inNames] : must, isName);
        return ranges.length === 0 ? [] : [{ field, ranges }];
      });
    };
  }
}

const isText = (clause: Clause): clause is Extract<Clause, { kind: 'words' | 'phrase' | 'hashtag' | 'mention' }> =>
  clause.kind === 'words' || clause.kind === 'phrase' || clause.kind === 'hashtag' || clause.kind === 'mention';

const dateOf = (times: readonly number[], choose: (...times: number[]) => number): Date | null =>
  times.length === 0 ? null : new Date(choose(...times));

/** The operators of a kind that are wanted, or excluded. */
const of = <K extends 'language' | 'trait'>(
  clauses: readonly Clause[],
  kind: K,
  isExcluded: boolean,
): readonly Extract<Clause, { kind: K }>[] =>
  clauses.filter(
    (clause): clause is Extract<Clause, { kind: K }> => clause.kind === kind && 'isExcluded' in clause && clause.isExcluded === isExcluded,
  );

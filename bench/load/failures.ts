/** Answers that failed in the same way. */
export interface Failure {
  readonly kind: string;
  readonly count: number;
  /** Of the first of them, cut short. */
  readonly example: string;
}

const MOST_KINDS = 10;
const MOST_CHARACTERS = 500;
const OTHERS = 'other kinds';

/** Failures by kind, however many there are. */
export class Failures {
  readonly #kinds = new Map<string, { count: number; example: string }>();

  note(kind: string, example: string): void {
    const name = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS ? kind : OTHERS;
    const known = this.#kinds.get(name);
    if (known === undefined) this.#kinds.set(name, { count: 1, example: example.slice(0, MOST_CHARACTERS) });
    else known.count += 1;
  }

  /** The most frequent first. */
  get all(): readonly Failure[] {
    return [...this.#kinds].map(([kind, { count, example }]) => ({ kind, count, example })).toSorted((a, b) => b.count - a.count);
  }
}

/** What a benchmark says of them: nothing where there are none. */
export const failureLines = (failures: readonly Failure[]): readonly string[] =>
  failures.map(({ kind, count, example }) => `    ${count} failed: ${kind}, such as ${example}`);

interface Json {
  readonly errors?: readonly { readonly path?: readonly (string | number)[]; readonly extensions?: { readonly code?: string } }[];
  readonly data?: {
    readonly me?: {
      readonly homeFeed?: {
        readonly edges: readonly { readonly node: { readonly id: string } | null }[];
        readonly pageInfo?: { readonly hasNextPage: boolean };
      } | null;
    } | null;
  } | null;
}

/** The posts of a home page. @throws SyntaxError for what is no JSON */
export const postsOf = (text: string): readonly string[] =>
  (JSON.parse(text) as Json).data?.me?.homeFeed?.edges.flatMap(({ node }) => node?.id ?? []) ?? []; // what Home.graphql asks for

/** Notes what is wrong with an answer; `posts` are as many as it must have as a home page, null where it is none. */
export function judge(failures: Failures, text: string, posts: number | null): void {
  let json: Json;
  try {
    json = JSON.parse(text) as Json; // every part of it may be missing
  } catch {
    return failures.note('no JSON', text);
  }
  const { errors, data } = json;
  if (errors !== undefined) {
    const kinds = errors.map(({ path = [], extensions }) => {
      const place = path.map((part) => (typeof part === 'number' ? '*' : part)).join('.');
      return `${extensions?.code ?? 'an error without a code'}${place === '' ? '' : ` at ${place}`}`;
    });
    return failures.note([...new Set(kinds)].slice(0, 3).join(', '), JSON.stringify(errors));
  }
  if (posts === null) return;
  const feed = data?.me?.homeFeed;
  if (feed == null) return failures.note('no feed', text);
  const there = feed.edges.filter(({ node }) => node !== null).length;
  const seen = `${there} instead of ${posts}, ${feed.pageInfo?.hasNextPage === true ? 'and says that there are more' : 'and says that these are all'}`;
  if (there < feed.edges.length) failures.note('places without a post', seen);
  else if (there !== posts)
    failures.note(there < posts ? 'fewer posts than there are for this reader' : 'more posts than there are for this reader', seen);
}

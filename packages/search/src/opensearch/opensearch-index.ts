import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import { z } from 'zod';
import { newestOf } from '../newest-changes.js';
import type {
  DocumentKind,
  IndexBuild,
  IndexChange,
  IndexHit,
  IndexQuery,
  IndexSuggestion,
  SearchIndex,
  SuggestQuery,
  Weighing,
} from '../search-index.js';
import { type DoorOptions, type DoorReply, type DoorRequest, OpenSearchDoor } from './door.js';
import { templateOf } from './layout.js';
import { KINDS, storedDocument, storedId } from './stored-document.js';
import { beginningsQuery, newestQuery, RANKS_PER_SCORE, relevantQuery, slipsQuery } from './stored-query.js';

export interface OpenSearchOptions extends DoorOptions {
  /** Of the alias, of the template, and what the names of the indexes begin with: each Plaza at one OpenSearch has another. */
  readonly name?: string;
}

/** Of a request that writes. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const YOUTH_MS = 60 * 86_400_000;

const Hit = z.object({
  sort: z.array(z.union([z.number(), z.string(), z.null()])),
  fields: z.object({
    kind: z.tuple([z.number()]),
    id: z.tuple([z.string()]),
    authorId: z.tuple([z.string()]).optional(),
    label: z.tuple([z.string()]).optional(),
  }),
});
const Found = z.object({ timed_out: z.literal(false), hits: z.object({ hits: z.array(Hit) }) });
type Hit = z.infer<typeof Hit>;

const Failure = z.object({ type: z.string() }).loose();
const Bulk = z.object({ items: z.array(z.object({ index: z.object({ status: z.number(), error: Failure.optional() }) })) });
const Documents = z.object({
  docs: z.array(
    z.object({
      _id: z.string(),
      _version: z.number().optional(),
      _source: z.object({ weight: z.number().optional() }).loose().optional(),
    }),
  ),
});
const Settings = z.record(z.string(), z.object({ settings: z.object({ index: z.object({ uuid: z.string() }) }) }));
const Problem = z.object({ error: Failure });

/** Something to be written under a version; the document is there by its alias. */
interface Writing {
  readonly id: string;
  readonly version: number;
  /** `external`: a higher one wins. `external_gte`: the same one may be written anew. */
  readonly versions: 'external' | 'external_gte';
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * The index on OpenSearch. Texts are taken apart in this package and stored as terms at their places, so that both engines find the same and rank
 * alike. The alias `<name>` is the index that answers and takes changes, `<name>-next` the one that is being built; finishing a build moves the
 * first alias in one step. Versions are OpenSearch's external versions: what is older than what is there is refused by it. What is gone is kept
 * as a document without anything, because OpenSearch forgets the versions of deleted ones.
 */
export class OpenSearchIndex implements SearchIndex {
  readonly #door: OpenSearchDoor;
  readonly #name: string;
  readonly #next: string;

  constructor({ name = 'plaza-search', ...options }: OpenSearchOptions) {
    this.#door = new OpenSearchDoor(options);
    this.#name = name;
    this.#next = `${name}-next`;
  }

  async identity(): Promise<string | null> {
    const [index] = Object.values(await this.#settings(this.#name));
    return index === undefined ? null : `opensearch ${index.settings.index.uuid}`;
  }

  async apply(changes: readonly IndexChange[]): Promise<void> {
    if (changes.length === 0) return;
    const written = await this.#write(await this.#targets(), writingsOf(changes), true);
    if (written.size === 0) throw unavailable('Search', new Error(`there is no index ${this.#name}`));
  }

  async weigh(weighings: readonly Weighing[]): Promise<void> {
    if (weighings.length === 0) return;
    const weights = new Map(weighings.map((weighing) => [storedId(weighing), weighing.weight]));
    for (const target of await this.#targets()) {
      const there = await this.#work({ method: 'POST', path: `/${target}/_mget`, body: { ids: [...weights.keys()] } }, [404]);
      if (there.status === 404) continue;
      const writings = Documents.parse(there.body).docs.flatMap(({ _id: id, _version: version, _source: document }): readonly Writing[] => {
        const weight = weights.get(id);
        if (version === undefined || document?.weight === undefined || document.weight === weight) return [];
        // Under the version that was read: a change that comes between is newer, and knows its own weight.
        return [{ id, version, versions: 'external_gte', document: { ...document, weight } }];
      });
      await this.#write([target], writings, true);
    }
  }

  async query(query: IndexQuery): Promise<readonly IndexHit[]> {
    if (query.must.length > 0) {
      return (await this.#search(relevantQuery(query))).map((hit) => hitOf(hit, (rank) => rank / RANKS_PER_SCORE));
    }
    const asOf = query.asOf.getTime();
    return (await this.#search(newestQuery(query))).map((hit) => hitOf(hit, (rank) => 1 / (1 + Math.max(0, asOf - rank) / YOUTH_MS)));
  }

  async suggest(query: SuggestQuery): Promise<readonly IndexSuggestion[]> {
    const exact = beginningsQuery(query);
    if (exact === null) return [];
    const found = await this.#search(exact);
    const slips = found.length > 0 ? null : slipsQuery(query);
    return (slips === null ? found : await this.#search(slips)).map((hit) => ({
      ...identityOf(hit),
      label: hit.fields.label?.[0] ?? '',
    }));
  }

  async beginBuild(): Promise<IndexBuild> {
    await this.#work({ method: 'PUT', path: `/_index_template/${this.#name}`, body: templateOf(this.#name) });
    await this.#end(Object.keys(await this.#settings(this.#next)));
    const index = `${this.#name}-${newId()}`;
    await this.#work({ method: 'PUT', path: `/${index}`, body: { aliases: { [this.#next]: {} } } });
    return {
      apply: async (changes) => {
        const written = await this.#write([this.#next], writingsOf(changes), false);
        if (written.size === 0 && changes.length > 0) throw new Error('this build was ended by another one');
      },
      finish: async () => {
        await this.#work({ method: 'POST', path: `/${index}/_refresh` });
        const old = Object.keys(await this.#settings(this.#name));
        const actions = [
          ...old.map((name) => ({ remove_index: { index: name } })),
          { remove: { index, alias: this.#next, must_exist: true } },
          { add: { index, alias: this.#name } },
        ];
        await this.#work({ method: 'POST', path: '/_aliases', body: { actions } });
      },
      abandon: async () => this.#end([index]),
    };
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await this.#door.close();
  }

  /** Where a change belongs: into the index that answers, and into the one that is being built. */
  async #targets(): Promise<readonly string[]> {
    const { status } = await this.#door.work({ method: 'HEAD', path: `/_alias/${this.#next}` });
    return status === 200 ? [this.#name, this.#next] : [this.#name];
  }

  /**
   * Writes all that is not older than what is there, into each of the targets. Returns those that exist: a build may have ended meanwhile, and an
   * index may be lost.
   */
  async #write(targets: readonly string[], writings: readonly Writing[], isFoundAtOnce: boolean): Promise<ReadonlySet<string>> {
    const written = new Set<string>();
    const query = isFoundAtOnce ? { require_alias: 'true', refresh: 'true' } : { require_alias: 'true' };
    for (const target of targets) {
      for (const chunk of chunksOf(writings)) {
        const lines = chunk.flatMap(({ id, version, versions, document }) => [
          { index: { _index: target, _id: id, version, version_type: versions } },
          document,
        ]);
        const { body } = await this.#work({ method: 'POST', path: '/_bulk', query, lines });
        for (const { index } of Bulk.parse(body).items) {
          // 409: something newer is there.
          if (index.status < 300 || index.status === 409) written.add(target);
          else if (index.error?.type !== 'index_not_found_exception') {
            throw unavailable('Search', new Error(`OpenSearch refused a document: ${JSON.stringify(index.error)}`));
          }
        }
      }
    }
    return written;
  }

  /** @throws Fault UNAVAILABLE for an index that is lost too, and for one of which a part does not answer: never a wrong page. */
  async #search(body: object): Promise<readonly Hit[]> {
    const { status, body: found } = await this.#door.ask({
      method: 'POST',
      path: `/${this.#name}/_search`,
      query: { allow_partial_search_results: 'false', timeout: `${String(this.#door.answerMs)}ms` },
      body,
    });
    if (status === 404) throw unavailable('Search', new Error(`there is no index ${this.#name}`));
    if (status !== 200) throw new Error(`OpenSearch refused a query: ${problemOf(found)}`);
    const parsed = Found.safeParse(found);
    if (!parsed.success) throw unavailable('Search', parsed.error);
    return parsed.data.hits.hits;
  }

  /** The indexes that an alias leads to, by their names. */
  async #settings(alias: string): Promise<z.infer<typeof Settings>> {
    const reply = await this.#work({ method: 'GET', path: `/${alias}/_settings/index.uuid` }, [404]);
    return reply.status === 404 ? {} : Settings.parse(reply.body);
  }

  async #end(indexes: readonly string[]): Promise<void> {
    for (const index of indexes) await this.#work({ method: 'DELETE', path: `/${index}` }, [404]);
  }

  /** @throws Error for an answer that is neither good nor among `expected`. */
  async #work(request: DoorRequest, expected: readonly number[] = []): Promise<DoorReply> {
    const reply = await this.#door.work(request);
    if (reply.status < 300 || expected.includes(reply.status)) return reply;
    throw new Error(`OpenSearch refused ${request.method} ${request.path}: ${problemOf(reply.body)}`);
  }
}

const writingsOf = (changes: readonly IndexChange[]): readonly Writing[] =>
  newestOf(changes).map((change) => ({
    id: storedId('gone' in change ? change.gone : change.document),
    version: change.version,
    versions: 'external',
    document: storedDocument(change),
  }));

/** Documents differ in size by a factor of thousands. */
function chunksOf(writings: readonly Writing[]): readonly (readonly Writing[])[] {
  const chunks: Writing[][] = [];
  let room = 0;
  for (const writing of writings) {
    const size = JSON.stringify(writing.document).length;
    if (room < size) {
      chunks.push([]);
      room = CHUNK_BYTES;
    }
    chunks.at(-1)?.push(writing);
    room -= size;
  }
  return chunks;
}

function identityOf({ fields }: Hit): { readonly kind: DocumentKind; readonly id: string; readonly authorId: string | null } {
  const kind = KINDS[fields.kind[0]];
  if (kind === undefined) throw new Error(`a document of no kind: ${fields.id[0]}`);
  return { kind, id: fields.id[0], authorId: fields.authorId?.[0] ?? null };
}

function hitOf(hit: Hit, scoreOf: (rank: number) => number): IndexHit {
  const rank = Number(hit.sort[0]);
  return { ...identityOf(hit), rank, score: scoreOf(rank) };
}

const problemOf = (body: unknown): string => {
  const problem = Problem.safeParse(body);
  return problem.success ? JSON.stringify(problem.data.error).slice(0, 500) : 'without a reason';
};

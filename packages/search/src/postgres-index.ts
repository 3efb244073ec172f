import type { Database, Tx } from '@plaza/db/database';
import { nameOf } from './conditions.js';
import { beginningsOf, termsOf } from './document-terms.js';
import { newestOf } from './newest-changes.js';
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
} from './search-index.js';
import { adjacentOf, preferredOf, tsqueryOf, tsvectorOf } from './tsquery.js';

/** Ranks are whole numbers, so that a cursor compares exactly. */
const RANKS_PER_SCORE = 1_000_000;

/** Its tables change with the database that says which index is the right one: one name is enough. */
const POSTGRES_IDENTITY = 'postgres';

interface HitRow {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly authorId: string | null;
  readonly rank: number;
  readonly score: number;
}

/**
 * The index on PostgreSQL: full text for results, prefixes and trigrams for suggestions. Its tables stand in prisma/feed: search_generation,
 * search_document, search_name. Texts are taken apart here and not by PostgreSQL, so that every engine finds the same.
 *
 * Relevance of a post: (how often and how closely the words stand, plus bonuses for the same accents and borders of words and for the words side by
 * side) × attention × youth. Names add a bonus for being called exactly what was asked for.
 */
export class PostgresIndex implements SearchIndex {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async identity(): Promise<string | null> {
    const [live] = await this.#database.sql<{ id: number }>`SELECT id FROM search_generation WHERE state = 'LIVE'`;
    return live === undefined ? null : POSTGRES_IDENTITY;
  }

  async apply(changes: readonly IndexChange[]): Promise<void> {
    await this.#write(changes, null);
  }

  async weigh(weighings: readonly Weighing[]): Promise<void> {
    if (weighings.length === 0) return;
    await this.#database.sql`
      UPDATE search_document AS document SET weight = given.weight
      FROM unnest(${weighings.map(({ kind }) => kind)}::search_kind[], ${weighings.map(({ id }) => id)}::text[],
        ${weighings.map(({ weight }) => weight)}::smallint[]) AS given (kind, id, weight)
      WHERE document.generation IN (SELECT id FROM search_generation) AND document.kind = given.kind AND document.id = given.id
        AND document.weight <> given.weight`;
  }

  async query(query: IndexQuery): Promise<readonly IndexHit[]> {
    const rows = query.must.length === 0 ? await this.#newest(query) : await this.#relevant(query);
    return rows.map(({ kind, id, authorId, rank, score }) => ({ kind, id, authorId, rank, score }));
  }

  async #relevant({ must, mustNot, ...query }: IndexQuery): Promise<readonly HitRow[]> {
    const preferred = preferredOf(must);
    return this.#database.sql<HitRow>`
      WITH live AS MATERIALIZED (SELECT id FROM search_generation WHERE state = 'LIVE'),
      asked AS MATERIALIZED (
        SELECT ${tsqueryOf(must, [], false)}::tsquery AS words, ${adjacentOf(must)}::tsquery AS adjacent,
          ${preferred?.any ?? null}::tsquery AS any_preferred, ${preferred?.all ?? null}::tsquery AS all_preferred
      ),
      hit AS (
        SELECT kind, id, author_id, (${RANKS_PER_SCORE}::float8 * (
            (0.5::float8 + 1.5::float8 * ts_rank_cd('{0.1, 0.4, 0.7, 1}', body, asked.words, 33) + text_bonus)
            * (1 + 0.06::float8 * weight)
            * (0.4::float8 + 0.6::float8 / (1 + greatest(0, date_part('epoch', ${query.asOf}::timestamptz - created_at)) / 5184000))
          ))::bigint AS rank
        FROM search_document CROSS JOIN asked CROSS JOIN LATERAL (
          SELECT CASE WHEN body @@ asked.adjacent THEN 0.6::float8 ELSE 0 END + CASE WHEN body @@ asked.any_preferred THEN 0.4 ELSE 0 END
            + CASE WHEN body @@ asked.all_preferred THEN 0.4 ELSE 0 END AS text_bonus
        ) AS bonus
        WHERE generation = (SELECT id FROM live) AND kind = 'POST' AND NOT is_gone AND body @@ ${tsqueryOf(must, mustNot, false)}::tsquery
          AND (${query.kinds}::search_kind[] IS NULL OR 'POST' = ANY(${query.kinds}::search_kind[]))
          AND (is_public OR author_id = ANY(${query.readsAlsoBy}::uuid[]))
          AND (${query.authorIds}::uuid[] IS NULL OR author_id = ANY(${query.authorIds}::uuid[]))
          AND (cardinality(${query.notAuthorIds}::uuid[]) = 0 OR NOT (author_id = ANY(${query.notAuthorIds}::uuid[])))
          AND (${query.languages}::text[] IS NULL OR language = ANY(${query.languages}::text[]))
          AND (cardinality(${query.notLanguages}::text[]) = 0 OR language IS NULL OR NOT (language = ANY(${query.notLanguages}::text[])))
          AND (cardinality(${query.traits}::text[]) = 0 OR traits @> ${query.traits}::text[])
        AND (cardinality(${query.notTraits}::text[]) = 0 OR NOT (traits && ${query.notTraits}::text[]))
          AND (${query.since}::timestamptz IS NULL OR created_at >= ${query.since}::timestamptz)
          AND (${query.before}::timestamptz IS NULL OR created_at < ${query.before}::timestamptz)
        UNION ALL
        SELECT kind, id, author_id, (${RANKS_PER_SCORE}::float8 * (
            (0.8::float8 + ts_rank_cd('{0.1, 0.2, 0.4, 1}', body, asked.words, 33)
              + CASE WHEN body @@ asked.all_preferred THEN 0.4::float8 ELSE 0 END) * (1 + 0.06::float8 * weight)
            + CASE WHEN names[1] = ${query.name}::text THEN 100::float8 WHEN ${query.name}::text = ANY(names) THEN 20 ELSE 0 END
          ))::bigint
        FROM search_document CROSS JOIN asked
        WHERE generation = (SELECT id FROM live) AND kind <> 'POST' AND NOT is_gone AND body @@ ${tsqueryOf(must, mustNot, true)}::tsquery
          AND (${query.kinds}::search_kind[] IS NULL OR kind = ANY(${query.kinds}::search_kind[]))
      )
      SELECT kind, id, author_id AS "authorId", rank, rank::float8 / ${RANKS_PER_SCORE}::int AS score
      FROM hit
      WHERE ${query.after?.rank ?? null}::bigint IS NULL
        OR (rank, kind, id COLLATE "C") < (${query.after?.rank ?? 0}::bigint, ${query.after?.kind ?? 'POST'}::search_kind, ${query.after?.id ?? ''}::text)
      ORDER BY rank DESC, kind DESC, id COLLATE "C" DESC LIMIT ${query.limit}`;
  }

  /** Without words: posts by their time, whose milliseconds are the rank. */
  async #newest({ mustNot, ...query }: IndexQuery): Promise<readonly HitRow[]> {
    const unwanted = mustNot.map((condition) => tsqueryOf([condition], [], false)).join(' | ') || null;
    const at = query.after === null ? null : new Date(query.after.rank);
    return this.#database.sql<HitRow>`
      SELECT kind, id, author_id AS "authorId", (extract(epoch FROM created_at) * 1000)::bigint AS rank,
        1 / (1 + greatest(0, date_part('epoch', ${query.asOf}::timestamptz - created_at)) / 5184000) AS score
      FROM search_document
      WHERE generation = (SELECT id FROM search_generation WHERE state = 'LIVE') AND kind = 'POST' AND NOT is_gone
        AND (${query.kinds}::search_kind[] IS NULL OR 'POST' = ANY(${query.kinds}::search_kind[]))
        AND (is_public OR author_id = ANY(${query.readsAlsoBy}::uuid[]))
        AND (${query.authorIds}::uuid[] IS NULL OR author_id = ANY(${query.authorIds}::uuid[]))
        AND (cardinality(${query.notAuthorIds}::uuid[]) = 0 OR NOT (author_id = ANY(${query.notAuthorIds}::uuid[])))
        AND (${query.languages}::text[] IS NULL OR language = ANY(${query.languages}::text[]))
        AND (cardinality(${query.notLanguages}::text[]) = 0 OR language IS NULL OR NOT (language = ANY(${query.notLanguages}::text[])))
        AND (cardinality(${query.traits}::text[]) = 0 OR traits @> ${query.traits}::text[])
        AND (cardinality(${query.notTraits}::text[]) = 0 OR NOT (traits && ${query.notTraits}::text[]))
        AND (${query.since}::timestamptz IS NULL OR created_at >= ${query.since}::timestamptz)
        AND (${query.before}::timestamptz IS NULL OR created_at < ${query.before}::timestamptz)
        AND (${unwanted}::tsquery IS NULL OR NOT (body @@ ${unwanted}::tsquery))
        AND (${at}::timestamptz IS NULL OR (created_at, id) < (${at}::timestamptz, ${query.after?.id ?? ''}::text))
      ORDER BY created_at DESC, id DESC LIMIT ${query.limit}`;
  }

  async suggest({ prefix, kinds, near, limit }: SuggestQuery): Promise<readonly IndexSuggestion[]> {
    const name = nameOf(prefix);
    if (name === '') return [];
    const found = await this.#database.sql<IndexSuggestion>`
      SELECT document.kind, document.id, document.author_id AS "authorId", document.label
      FROM (
        SELECT DISTINCT kind, id FROM search_name WHERE name ^@ ${name}::text AND generation = (SELECT id FROM search_generation WHERE state = 'LIVE')
      ) AS matching
      JOIN search_document AS document ON document.generation = (SELECT id FROM search_generation WHERE state = 'LIVE')
        AND document.kind = matching.kind AND document.id = matching.id
      WHERE NOT document.is_gone AND document.is_public AND document.label IS NOT NULL
        AND (${kinds}::search_kind[] IS NULL OR document.kind = ANY(${kinds}::search_kind[]))
      ORDER BY document.names[1] = ${name}::text DESC, document.id = ANY(${near}::text[]) DESC, document.weight DESC, length(document.label), document.label, document.id
      LIMIT ${limit}`;
    // Too short to say what was mistyped.
    if (found.length > 0 || name.length < 3) return found;
    return this.#database.sql<IndexSuggestion>`
      SELECT document.kind, document.id, document.author_id AS "authorId", document.label
      FROM (
        SELECT kind, id, max(word_similarity(${name}::text, name)) AS likeness FROM search_name
        WHERE ${name}::text <% name AND generation = (SELECT id FROM search_generation WHERE state = 'LIVE') GROUP BY kind, id
      ) AS alike
      JOIN search_document AS document ON document.generation = (SELECT id FROM search_generation WHERE state = 'LIVE')
        AND document.kind = alike.kind AND document.id = alike.id
      WHERE NOT document.is_gone AND document.is_public AND document.label IS NOT NULL
        AND (${kinds}::search_kind[] IS NULL OR document.kind = ANY(${kinds}::search_kind[]))
      ORDER BY alike.likeness DESC, document.weight DESC, document.id LIMIT ${limit}`;
  }

  async beginBuild(): Promise<IndexBuild> {
    const generation = await this.#database.transaction(async (tx) => {
      await tx.sql`DELETE FROM search_generation WHERE state = 'BUILDING'`;
      await forgetOthers(tx);
      const [row] = await tx.sql<{ id: number }>`INSERT INTO search_generation (state) VALUES ('BUILDING') RETURNING id`;
      if (row === undefined) throw new Error('no generation was begun');
      return row.id;
    });
    return {
      apply: (changes) => this.#write(changes, generation),
      finish: () =>
        this.#database.transaction(async (tx) => {
          const there = await tx.sql`SELECT 1 FROM search_generation WHERE id = ${generation} AND state = 'BUILDING' FOR UPDATE`;
          if (there.length === 0) throw new Error('this build was ended by another one');
          await tx.sql`DELETE FROM search_generation WHERE state = 'LIVE'`;
          await tx.sql`UPDATE search_generation SET state = 'LIVE' WHERE id = ${generation}`;
          await forgetOthers(tx);
        }),
      abandon: () =>
        this.#database.transaction(async (tx) => {
          await tx.sql`DELETE FROM search_generation WHERE id = ${generation} AND state = 'BUILDING'`;
          await forgetOthers(tx);
        }),
    };
  }

  /** `only`: that generation; null: every one that there is. */
  async #write(changes: readonly IndexChange[], only: number | null): Promise<void> {
    if (changes.length === 0) return;
    const rows = newestOf(changes).map(rowOf);
    await this.#database.transaction(async (tx) => {
      const written = await tx.sql<{ kind: DocumentKind; id: string }>`
        WITH changed AS (
          INSERT INTO search_document AS known
            (generation, kind, id, version, is_gone, author_id, is_public, language, created_at, traits, weight, names, label, body)
          SELECT generation.id, given.kind, given.id, given.version, given.is_gone, given.author_id, given.is_public, given.language,
            given.created_at, given.traits, given.weight, given.names, given.label, given.body::tsvector
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (
            kind search_kind, id text, version bigint, is_gone boolean, author_id uuid, is_public boolean, language text, created_at timestamptz,
            traits text[], weight smallint, names text[], label text, body text
          ) CROSS JOIN search_generation AS generation
          WHERE ${only}::int IS NULL OR generation.id = ${only}::int
          ORDER BY generation.id, given.kind, given.id
          ON CONFLICT (generation, kind, id) DO UPDATE SET
            version = excluded.version, is_gone = excluded.is_gone, author_id = excluded.author_id, is_public = excluded.is_public,
            language = excluded.language, created_at = excluded.created_at, traits = excluded.traits,
            weight = excluded.weight,
            names = excluded.names, label = excluded.label, body = excluded.body, changed_at = now()
            WHERE known.version < excluded.version
          RETURNING generation, kind, id
        ), forgotten AS (
          DELETE FROM search_name USING changed
          WHERE search_name.generation = changed.generation AND search_name.kind = changed.kind AND search_name.id = changed.id
        )
        SELECT DISTINCT kind, id FROM changed`;
      const isWritten = new Set(written.map(({ kind, id }) => `${kind} ${id}`));
      const names = rows.flatMap(({ kind, id, version, beginnings }) =>
        isWritten.has(`${kind} ${id}`) ? beginnings.map((name) => ({ kind, id, version, name })) : [],
      );
      if (names.length === 0) return;
      await tx.sql`
        INSERT INTO search_name (generation, kind, id, name)
        SELECT document.generation, given.kind, given.id, given.name
        FROM jsonb_to_recordset(${JSON.stringify(names)}::jsonb) AS given (kind search_kind, id text, version bigint, name text)
        CROSS JOIN search_generation AS generation
        JOIN search_document AS document ON document.generation = generation.id AND document.kind = given.kind AND document.id = given.id
          AND document.version = given.version AND (${only}::int IS NULL OR document.generation = ${only}::int)
        ON CONFLICT DO NOTHING`;
    });
  }
}

/** What belongs to no generation. */
async function forgetOthers(tx: Tx): Promise<void> {
  await tx.sql`DELETE FROM search_document WHERE generation NOT IN (SELECT id FROM search_generation)`;
  await tx.sql`DELETE FROM search_name WHERE generation NOT IN (SELECT id FROM search_generation)`;
}

function rowOf(change: IndexChange) {
  const { version } = change;
  if ('gone' in change) {
    const nothing = {
      author_id: null,
      is_public: false,
      language: null,
      created_at: new Date(0),
      traits: [],
      weight: 0,
      names: [],
      label: null,
    };
    return { ...change.gone, version, is_gone: true, ...nothing, body: null, beginnings: [] };
  }
  const { kind, id, authorId, isPublic, language, createdAt, traits, weight, names, label } = change.document;
  return {
    kind,
    id,
    version,
    is_gone: false,
    author_id: authorId,
    is_public: isPublic,
    language,
    created_at: createdAt,
    traits,
    weight,
    names: names.map(nameOf),
    label,
    body: tsvectorOf(termsOf(change.document)),
    beginnings: beginningsOf(change.document),
  };
}

import type { Database, Tx } from '@plaza/db/database';
import { type Judgement, MEMORY_MS, type Tally, THRESHOLD, type TrendKind, WINDOW_MS } from './trend.policy.js';

/** Class of the advisory lock under which trends are worked out: intake and timelines have 1 and 2. */
const REFRESH = 3;
/** Enough to find 32 different ones among the latest, in all but the strangest cases. */
const LATEST = 200;
const ACCOUNTS = 32;
/** A history has so many points. */
export const HISTORY_POINTS = 16;
export const HISTORY_POINT_MS = 3 * 3_600_000;

/** What everything that may trend is known by. */
export interface SubjectKey {
  readonly kind: TrendKind;
  readonly subject: string;
}

/** A tally with what a trend shows beside its numbers. */
export interface SubjectTally extends SubjectKey, Tally {
  readonly kind: TrendKind;
  readonly language: string | null;
  /** The latest first, each once. */
  readonly accounts: readonly string[];
}

/** A trend to be kept. */
export interface NewTrend extends Judgement, SubjectKey {
  readonly bornAt: Date | null;
  readonly language: string | null;
  readonly accounts: readonly string[];
  readonly history: readonly number[];
}

/** A kept trend, as of `updatedAt`. */
export interface TrendRow extends NewTrend {
  readonly updatedAt: Date;
}

interface TallyRow extends SubjectKey {
  readonly observed: number;
  readonly before: number;
  readonly peakAt: Date | null;
  readonly peakObserved: number;
  readonly peakBefore: number;
  readonly bornAt: Date | null;
  readonly language: string | null;
  readonly latest: readonly string[] | null;
}

export class TrendStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Whether nobody else works trends out just now; then nobody else begins until the transaction ends. */
  async isOurTurn(tx: Tx): Promise<boolean> {
    const [row] = await tx.sql<{ isOurs: boolean }>`SELECT pg_try_advisory_xact_lock(${REFRESH}, 0) AS "isOurs"`;
    return row?.isOurs === true;
  }

  /**
   * Everything that enough accounts take part in, and everything whose peak is remembered. Linear in what was done in the last four days.
   */
  async tally(tx: Tx, now: Date): Promise<readonly SubjectTally[]> {
    const rows = await tx.sql<TallyRow>`
      WITH moment AS (
        SELECT ${now}::timestamptz AS now, ${before(now, WINDOW_MS)}::timestamptz AS day, ${before(now, 2 * WINDOW_MS)}::timestamptz AS day_before
      )
      SELECT used.kind, used.subject, trend.peak_at AS "peakAt", max(used.born_at) AS "bornAt",
        mode() WITHIN GROUP (ORDER BY used.language) FILTER (WHERE used.at > moment.day) AS language,
        count(DISTINCT used.account_id) FILTER (WHERE used.at > moment.day)::int AS observed,
        count(DISTINCT used.account_id) FILTER (WHERE used.at > moment.day_before AND used.at <= moment.day)::int AS before,
        count(DISTINCT used.account_id) FILTER (WHERE used.at > trend.peak_at - interval '24 hours' AND used.at <= trend.peak_at)::int AS "peakObserved",
        count(DISTINCT used.account_id)
          FILTER (WHERE used.at > trend.peak_at - interval '48 hours' AND used.at <= trend.peak_at - interval '24 hours')::int AS "peakBefore",
        (array_agg(used.account_id ORDER BY used.at DESC, used.account_id) FILTER (WHERE used.at > moment.day))[1:${LATEST}::int] AS latest
      FROM moment
      CROSS JOIN LATERAL trend_use(${before(now, MEMORY_MS)}::timestamptz, moment.now) AS used
      LEFT JOIN trend ON trend.kind = used.kind AND trend.subject = used.subject
      GROUP BY used.kind, used.subject, trend.peak_at
      HAVING trend.peak_at IS NOT NULL OR count(DISTINCT used.account_id) FILTER (WHERE used.at > moment.day) >= ${THRESHOLD}`;
    return rows.map(({ peakAt, peakObserved, peakBefore, latest, ...row }) => ({
      ...row,
      peak: peakAt === null ? null : { at: peakAt, observed: peakObserved, before: peakBefore },
      accounts: [...new Set(latest)].slice(0, ACCOUNTS),
    }));
  }

  /** Unique accounts of each three hours of the last two days, the oldest first, for these. */
  async histories(tx: Tx, keys: readonly SubjectKey[], now: Date): Promise<ReadonlyMap<string, readonly number[]>> {
    const since = before(now, HISTORY_POINTS * HISTORY_POINT_MS);
    const rows = await tx.sql<SubjectKey & { point: number; accounts: number }>`
      SELECT used.kind, used.subject, count(DISTINCT used.account_id)::int AS accounts,
        least(${HISTORY_POINTS}::int, ceil(extract(epoch FROM used.at - ${since}::timestamptz) * 1000 / ${HISTORY_POINT_MS}::float8)::int) - 1 AS point
      FROM trend_use(${since}::timestamptz, ${now}::timestamptz) AS used
      JOIN unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ subject }) => subject)}::text[]) AS wanted (kind, subject)
        ON wanted.kind::trend_kind = used.kind AND wanted.subject = used.subject
      GROUP BY 1, 2, 4`;
    const histories = new Map(keys.map((key) => [keyOf(key), Array.from({ length: HISTORY_POINTS }, () => 0)]));
    for (const { point, accounts, ...key } of rows) {
      const history = histories.get(keyOf(key));
      if (history !== undefined) history[point] = accounts;
    }
    return histories;
  }

  /** These are the trends now; what is not among them is forgotten. */
  async replace(tx: Tx, trends: readonly NewTrend[], now: Date): Promise<void> {
    const rows = trends.map(({ kind, subject, score, observed, expected, peakScore, peakAt, bornAt, language, accounts, history }) => ({
      kind,
      subject,
      score,
      observed,
      expected,
      peak_score: peakScore,
      peak_at: peakAt,
      born_at: bornAt,
      language,
      accounts,
      history,
    }));
    await tx.sql`DELETE FROM trend`;
    await tx.sql`
      INSERT INTO trend (kind, subject, score, observed, expected, peak_score, peak_at, born_at, language, accounts, history, updated_at)
      SELECT kind::trend_kind, subject, score, observed, expected, peak_score, peak_at, born_at, language, accounts, history, ${now}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (
        kind text, subject text, score float8, observed int, expected int, peak_score float8, peak_at timestamptz, born_at timestamptz,
        language text, accounts uuid[], history int[]
      )`;
  }

  /** The highest of a kind, as they stood when they were worked out. */
  async top(kind: TrendKind, limit: number): Promise<readonly TrendRow[]> {
    return this.#database.staleSql(null)<TrendRow>`
      SELECT kind, subject, score, observed, expected, peak_score AS "peakScore", peak_at AS "peakAt", born_at AS "bornAt", language, accounts, history,
        updated_at AS "updatedAt"
      FROM trend WHERE kind = ${kind}::trend_kind AND score > 0 ORDER BY score DESC, subject LIMIT ${limit}`;
  }

  async one({ kind, subject }: SubjectKey): Promise<TrendRow | null> {
    const [row] = await this.#database.staleSql(null)<TrendRow>`
      SELECT kind, subject, score, observed, expected, peak_score AS "peakScore", peak_at AS "peakAt", born_at AS "bornAt", language, accounts, history,
        updated_at AS "updatedAt"
      FROM trend WHERE kind = ${kind}::trend_kind AND subject = ${subject} AND score > 0`;
    return row ?? null;
  }
}

export const keyOf = ({ kind, subject }: SubjectKey): string => `${kind} ${subject}`;

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

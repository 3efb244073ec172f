import type { Database, Tx } from '@plaza/db/database';
import { TogetherReader } from '@plaza/kernel/together-reader';
import type { LiveBus } from '@plaza/live/live-bus';
import { inboxChannel, MORE } from './inbox-channel.js';
import type { InboxEntry, InboxKind, InboxPosition, NewInboxEntry } from './inbox-entry.js';

interface Row {
  readonly last: number;
  readonly position: number;
  readonly kind: InboxKind;
  readonly conversationId: string | null;
  readonly seq: number;
  readonly untilSeq: number | null;
  readonly thingId: string | null;
  readonly actorId: string | null;
}

type Read = { readonly nth: number; readonly last: number } & (Row | { readonly position: null });

/** Whose log is read, from behind which line. */
interface Place {
  readonly userId: string;
  readonly entry: number;
  readonly limit: number;
}

/** A log's end, and lines after a place of it. */
interface Stretch {
  readonly last: number;
  readonly lines: readonly Row[];
}

/** Logs that are read at once: whoever was away for long has many lines. */
const LOGS = 100;

/** Lines that a log keeps at most. */
export const KEPT_LINES = 10_000;

/** One log a person: numbered without a gap, in the order of the commits. */
export class InboxLogStore {
  readonly #database: Pick<Database<unknown>, 'sql'>;
  readonly #bus: LiveBus;
  /** What reaches many wakes them all at the same moment. */
  readonly #reader = new TogetherReader<Place, Stretch>({
    keyOf: ({ userId, entry, limit }) => `${userId} ${entry} ${limit}`,
    read: (places) => this.#read(places),
    most: LOGS,
  });

  constructor(database: Pick<Database<unknown>, 'sql'>, bus: LiveBus) {
    this.#database = database;
    this.#bus = bus;
  }

  /**
   * Writes lines into their people's logs, each person's in the given order, and wakes their streams after the commit. It locks the logs in the
   * order of their people until then: let it be the last thing that a transaction does.
   */
  async append(tx: Tx, entries: readonly NewInboxEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await tx.sql`
      WITH line AS (
        SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY place) AS nth FROM unnest(
          ${entries.map(({ userId }) => userId)}::uuid[], ${entries.map(({ kind }) => kind)}::text[],
          ${entries.map(({ conversationId }) => conversationId ?? null)}::uuid[], ${entries.map(({ seq }) => seq ?? 0)}::bigint[],
          ${entries.map(({ untilSeq }) => untilSeq ?? null)}::bigint[], ${entries.map(({ thingId }) => thingId ?? null)}::uuid[],
          ${entries.map(({ actorId }) => actorId ?? null)}::uuid[]
        ) WITH ORDINALITY AS line (user_id, kind, conversation_id, seq, until_seq, thing_id, actor_id, place)
      ), growth AS (
        SELECT user_id, count(*) AS lines FROM line GROUP BY user_id ORDER BY user_id
      ), log AS (
        INSERT INTO inbox_log AS log (user_id, last_seq) SELECT user_id, lines FROM growth ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last_seq = log.last_seq + excluded.last_seq
        RETURNING user_id, last_seq
      )
      INSERT INTO inbox_entry (user_id, position, kind, conversation_id, seq, until_seq, thing_id, actor_id)
      SELECT user_id, log.last_seq - growth.lines + line.nth, kind, conversation_id, seq, until_seq, thing_id, actor_id
      FROM line JOIN growth USING (user_id) JOIN log USING (user_id)`;
    const readers = new Set(entries.map(({ userId }) => userId));
    tx.afterCommit(() => readers.forEach((userId) => this.#bus.publish(inboxChannel(userId), MORE)));
  }

  /** Where a log ends. */
  async end(userId: string): Promise<InboxPosition> {
    const [log] = await this.#database.sql<{ last: number }>`SELECT last_seq AS last FROM inbox_log WHERE user_id = ${userId}`;
    return { entry: log?.last ?? 0, within: 0 };
  }

  /**
   * What stands after a position, the oldest first; a line that stands for several messages comes as so many. Fewer than `limit` mean that
   * there are no more. Null: not all of them are kept, or the log never came so far.
   */
  async after(userId: string, { entry, within }: InboxPosition, limit: number): Promise<readonly InboxEntry[] | null> {
    const { last, lines } = await this.#reader.ask({ userId, entry, limit });
    const isWhole = lines.every(({ position }, index) => position === entry + 1 + index);
    if (!isWhole || (lines.length === 0 && last !== entry)) return null;
    return lines.flatMap((line, index) => unfold(line).slice(index === 0 ? within : 0)).slice(0, limit);
  }

  async #read(places: readonly Place[]): Promise<readonly Stretch[]> {
    const rows = await this.#database.sql<Read>`
      SELECT place.nth, log.last_seq AS last, line.position, line.kind, line.conversation_id AS "conversationId", line.seq,
        line.until_seq AS "untilSeq", line.thing_id AS "thingId", line.actor_id AS "actorId"
      FROM unnest(
        ${places.map(({ userId }) => userId)}::uuid[], ${places.map(({ entry }) => entry)}::bigint[], ${places.map(({ limit }) => limit)}::int[]
      ) WITH ORDINALITY AS place (user_id, entry, most, nth)
      JOIN inbox_log log ON log.user_id = place.user_id
      LEFT JOIN LATERAL (
        SELECT * FROM inbox_entry WHERE user_id = log.user_id AND position > place.entry ORDER BY position LIMIT place.most
      ) line ON true
      ORDER BY place.nth, line.position`;
    const stretches = places.map((): { last: number; readonly lines: Row[] } => ({ last: 0, lines: [] }));
    for (const { nth, ...row } of rows) {
      const stretch = stretches[nth - 1];
      if (stretch === undefined) continue;
      stretch.last = row.last;
      if (row.position !== null) stretch.lines.push(row);
    }
    return stretches;
  }

  /** Forgets at most `limit` lines from before a moment; how many there were. */
  async forgetBefore(moment: Date, limit: number): Promise<number> {
    const gone = await this.#database.sql`
      DELETE FROM inbox_entry WHERE (user_id, position) IN (
        SELECT user_id, position FROM inbox_entry WHERE created_at < ${moment.toISOString()}::timestamptz ORDER BY created_at LIMIT ${limit}
      ) RETURNING 1`;
    return gone.length;
  }

  /** Forgets at most `limit` lines beyond {@link KEPT_LINES} of each log; how many there were. */
  async forgetBeyond(limit: number): Promise<number> {
    const gone = await this.#database.sql`
      DELETE FROM inbox_entry WHERE (user_id, position) IN (
        SELECT line.user_id, line.position FROM inbox_log log
        JOIN inbox_entry line ON line.user_id = log.user_id AND line.position <= log.last_seq - ${KEPT_LINES}
        WHERE log.last_seq > ${KEPT_LINES} LIMIT ${limit}
      ) RETURNING 1`;
    return gone.length;
  }
}

function unfold({ position, kind, conversationId, seq, untilSeq, thingId, actorId }: Row): readonly InboxEntry[] {
  const count = untilSeq === null ? 1 : untilSeq - seq + 1;
  return Array.from({ length: count }, (_, nth) => ({
    kind,
    conversationId,
    seq: seq + nth,
    thingId,
    actorId,
    position: nth === count - 1 ? { entry: position, within: 0 } : { entry: position - 1, within: nth + 1 },
  }));
}

import { setTimeout as pause } from 'node:timers/promises';
import { lanesBehind, logPosition } from '@plaza/events/position.store';
import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Books } from './books.js';
import { missingEffects } from './copies.js';

/** Holds end by themselves, and whatever is on its way arrives, within this time of healing. */
const REST_MS = 30_000;
const LOOK_MS = 100;

/** Holds run out of themselves after seconds; here those that nobody is paying for any more have run out already. Whoever lets go of them does so as ever. */
export async function letHoldsRunOut(books: Books): Promise<void> {
  await books.at('commerce').sql`
    UPDATE customer_order SET reserved_until = reserved_until - interval '1 hour' WHERE status = 'OPEN'
      AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = customer_order.id AND next_step_at IS NOT NULL)`;
}

/** Whether there is nothing on its way from database to database: all that is left, in words; null: there is none. */
type Events = (books: Books) => Promise<string | null>;

/** Waits until nothing is on its way any more. @returns what still is, unchanged for 30 s; null: all is at rest */
export async function rested(books: Books, events: Events = byDoors): Promise<string | null> {
  let before: string | null = null;
  for (let until = Date.now() + REST_MS; ; await pause(LOOK_MS)) {
    const open = await underWay(books, events).catch((error: unknown) => `the databases cannot be read: ${String(error)}`);
    if (open === null || Date.now() > until) return open;
    // A slow machine gets on; what is stuck does not.
    if (open !== before) [before, until] = [open, Date.now() + REST_MS];
  }
}

async function underWay(books: Books, events: Events): Promise<string | null> {
  for (const { owner, what, sql } of WAITING) {
    const [row] = await sql(books.at(owner));
    if (row !== undefined && row.count > 0) return `${row.count} ${what}`;
  }
  return events(books);
}

/** Where relays knock at their consumers' doors: their positions say it. */
async function byDoors(books: Books): Promise<string | null> {
  for (const owner of SUBGRAPH_NAMES) {
    const database = books.at(owner);
    const position = await logPosition(database);
    for (const consumer of SUBGRAPH_NAMES) {
      const types = SUBSCRIPTIONS[consumer] ?? [];
      const behind = types.length === 0 ? [] : await lanesBehind(database, consumer, types, position);
      if (behind.length > 0) return `events of ${owner} do not reach ${consumer} (lanes ${behind.join(', ')})`;
    }
  }
  return null;
}

/** Where a log lies between: what has not taken effect is on its way. */
export async function byLog(books: Books): Promise<string | null> {
  const [first] = await missingEffects(books);
  return first ?? null;
}

interface Waiting {
  readonly owner: 'commerce' | 'messaging' | 'feed';
  readonly what: string;
  readonly sql: (database: ReturnType<Books['at']>) => Promise<{ count: number }[]>;
}

const WAITING: readonly Waiting[] = [
  {
    owner: 'commerce',
    what: 'payments have a step to go',
    sql: ({ sql }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM payment WHERE next_step_at IS NOT NULL`,
  },
  {
    owner: 'commerce',
    what: 'orders still hold goods',
    sql: ({ sql }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM customer_order WHERE status = 'OPEN'`,
  },
  {
    owner: 'commerce',
    what: 'refunds have a step to go',
    sql: ({ sql }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM refund WHERE next_step_at IS NOT NULL`,
  },
  {
    owner: 'messaging',
    what: 'changes of conversations are not delivered',
    sql: ({ sql }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM conversation_change`,
  },
  {
    owner: 'feed',
    what: 'tasks of timelines are not done',
    sql: ({ sql }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM refresh_task`,
  },
  {
    owner: 'feed',
    what: 'things are not in the index of search',
    // Likes and follows only move the order there.
    sql: ({ sql }) =>
      sql<{ count: number }>`SELECT count(*)::int AS count FROM search_task WHERE kind NOT IN ('POST_WEIGHT', 'USER_WEIGHT')`,
  },
];

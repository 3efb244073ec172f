/** `npm run bench:checkout`: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printed } from '@plaza/telemetry/progress';
import { CheckoutShop, type Prepared } from './checkout/shop.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';
import { postgresCpuMs } from './measure/postgres-cpu.js';
import { profiled, type Shares } from './measure/profile.js';
import { sized } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';

const HELP = `Usage: npm run bench:checkout [-- --orders 900 --clients 16 --scale 0.1]

Buyers check out and pay through the gateway over HTTP; carts are filled before the clock runs. First everybody buys something of his own shelf
(many variants), then everybody the same (one variant: all wait for one row). Says checkouts and payments per second, their percentiles, CPU of Node
and of PostgreSQL and SQL statements for each order, and where the time goes. Gateway, subgraphs, PostgreSQL and buyers share the machine.

  --orders   in each part, after a tenth of them to warm up; at most one a person (900)
  --clients  side by side (16)
  --scale    of the dataset that lies around, 0.01 to 10 (0.1)
`;

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly orders: number;
  readonly clients: number;
  readonly scale: string;
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '900' },
      clients: { type: 'string', default: '16' },
      scale: { type: 'string', default: '0.1' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return null;
  }
  const [orders, clients] = [Number(values.orders), Number(values.clients)];
  if (!(Number.isInteger(orders) && orders >= 10) || !(Number.isInteger(clients) && clients >= 1))
    throw new Error('--orders is a whole number of 10 or more, --clients one of 1 or more');
  return { orders, clients, scale: values.scale };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === null) return;
  const size = sized(options.scale);
  if (options.orders >= size.users) throw new Error(`--orders must be below ${size.users}, the people of this scale`);
  const plaza = await startBenchPlaza(size, printed(process.stdout));
  try {
    out(`machine  ${machine()}`);
    out(
      `dataset  ${size.users} people, ${size.posts} posts; ${options.orders} orders in each part, ${options.clients} buyers side by side`,
    );
    await askOnce(plaza.adminUrl, 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    for (const [name, variants] of [
      ['Each from a shelf of his own (200 variants)', 200],
      ['All from one shelf (1 variant)', 1],
    ] as const)
      await part(plaza, options, name, variants);
  } finally {
    await plaza.stop();
  }
}

async function part(plaza: BenchPlaza, { orders, clients }: Options, name: string, variants: number): Promise<void> {
  const shop = await CheckoutShop.open(plaza, variants, orders * 2);
  const warm = await shop.prepare(Math.ceil(orders / 10));
  await buy(shop, warm, clients);
  const prepared = await shop.prepare(orders);
  await plaza.settled();

  const node = process.cpuUsage();
  const [postgres, statements] = [postgresCpuMs(plaza.dataDir), await statementsOf(plaza)];
  const started = performance.now();
  let bought: Bought = { checkouts: [], payments: [], failures: [] };
  const shares = await profiled(async () => {
    bought = await buy(shop, prepared, clients);
  });
  const seconds = (performance.now() - started) / 1_000;
  const used = process.cpuUsage(node);
  const after = await statementsOf(plaza);
  const done = bought.payments.length;

  out(`\n${name}`);
  out(`  ${(done / seconds).toFixed(1)} orders placed and paid per second, ${done} in ${seconds.toFixed(1)} s`);
  out(`  checkout  ${spread(bought.checkouts)}`);
  out(`  pay       ${spread(bought.payments)}`);
  const nodeMs = (used.user + used.system) / 1_000 / done;
  const postgresMs = (postgresCpuMs(plaza.dataDir) - postgres) / done;
  out(`  CPU for each order: Node ${nodeMs.toFixed(1)} ms (buyers and profiler included), PostgreSQL ${postgresMs.toFixed(1)} ms`);
  out(`  SQL statements for each order: ${((after - statements) / done).toFixed(1)} in commerce, events that go out included`);
  if (bought.failures.length > 0) out(`  ${bought.failures.length} failed, such as ${bought.failures[0]}`);
  bottleneck(shares, { nodeMs, postgresMs, seconds, done });
  out(`  ${await shop.books()}`);
}

interface Used {
  readonly nodeMs: number;
  readonly postgresMs: number;
  readonly seconds: number;
  readonly done: number;
}

/** What there is least of: the one thread of Node, the cores, or neither (then everybody waits for a row or for the disk). */
function bottleneck({ gateway, subgraphs, shared, hottest }: Shares, { nodeMs, postgresMs, seconds, done }: Used): void {
  const thread = (nodeMs * done) / (seconds * 1_000);
  const database = (postgresMs * done) / (seconds * 1_000);
  const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
  out(
    `  Node's thread is busy ${percent(thread)} of the time (gateway ${percent(gateway)}, subgraphs ${percent(subgraphs)}, shared ${percent(shared)})`,
  );
  out(`  PostgreSQL uses ${database.toFixed(2)} cores`);
  const next = thread > 0.85 ? "Node's one thread" : database > thread ? 'PostgreSQL' : 'waiting: for a row, the disk, or each other';
  out(`  next bottleneck: ${next}`);
  for (const line of hottest.slice(0, 5)) out(`    ${line}`);
}

interface Bought {
  readonly checkouts: number[];
  readonly payments: number[];
  readonly failures: string[];
}

/** Everybody checks out and pays, so many side by side. */
async function buy(shop: CheckoutShop, prepared: readonly Prepared[], clients: number): Promise<Bought> {
  const bought: Bought = { checkouts: [], payments: [], failures: [] };
  const left = prepared.values();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (const one of left) {
        const before = performance.now();
        const placed = await shop.checksOut(one, randomUUID());
        const between = performance.now();
        if (placed.orderId === null) {
          bought.failures.push(placed.body);
          continue;
        }
        bought.checkouts.push(between - before);
        const paid = await shop.pays(one, placed.orderId, randomUUID());
        if (paid.isPaid) bought.payments.push(performance.now() - between);
        else bought.failures.push(paid.body);
      }
    }),
  );
  return bought;
}

/** How many statements commerce's database has been asked until now. */
async function statementsOf({ databases, adminUrl }: BenchPlaza): Promise<number> {
  const name = new URL(databases.commerce).pathname.slice(1);
  const [row] = await askOnce<{ calls: string }>(
    adminUrl,
    `SELECT coalesce(sum(calls), 0)::text AS calls FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname = '${name}'`,
  );
  return Number(row?.calls ?? Number.NaN);
}

await main();

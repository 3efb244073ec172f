import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Database, openDatabase } from '@plaza/db/database';
import { type Answer, type Person, register } from '@plaza/testing/people';
import type { PlazaProcess } from '../plaza-process.js';
import { ADDRESS } from './address.js';

export interface RushOptions {
  readonly buyers: number;
  readonly units: number;
  readonly rounds: number;
  /** Whether Plaza is killed at a random moment of each round. */
  readonly kills: boolean;
  readonly say: (line: string) => void;
}

/** The goods of a payment that does not come are free again after this; so is what a killed buyer left. */
export const HOLD_SECONDS = 4;
const PRICE = { amountMinor: '500', currencyCode: 'USD' };
/** So long a round may take to come to rest. */
const REST_MS = 60_000;

/** Everybody wants one of too few, round after round. @returns what went wrong, a line each; nothing is what is wanted */
export async function rush(plaza: PlazaProcess, { buyers: count, units, rounds, kills, say }: RushOptions): Promise<readonly string[]> {
  const seller = await register(plaza.url, 'seller');
  const buyers: Person[] = [];
  while (buyers.length < count) buyers.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => register(plaza.url, `buyer${n}`)))));
  const { shop } = await seller.does('OpenShop', { idempotencyKey: randomUUID(), name: 'Too few' });
  const faults: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const variants = [{ sku: 'one', title: 'One', price: PRICE, stock: units }];
    const { product } = await seller.does('CreateProduct', {
      idempotencyKey: randomUUID(),
      shopId: shop.id,
      title: `Round ${round}`,
      variants,
    });
    const variantId: string = product.variants[0].id;
    const over = new AbortController();
    const seen = watched(plaza.folder, units, round, over.signal);
    const wishes = buyers.slice(0, count).map(async (buyer) => wants(buyer, variantId));
    if (kills) {
      await pause(200 + Math.random() * 1_500);
      await plaza.kill();
      await plaza.start();
    }
    await Promise.all(wishes);
    over.abort();
    faults.push(...(await seen));
    const found = await atRest(plaza.folder, units, round);
    faults.push(...found.faults);
    say(
      `round ${round} of ${rounds}: ${found.sold} sold, ${found.free} free${found.faults.length === 0 ? '' : `, ${found.faults.join('; ')}`}`,
    );
  }
  return faults;
}

/** One who wants one: tries again under the same key when the line is cut, and gives up when there is none. */
async function wants(buyer: Person, variantId: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await stubbornly(() => buyer.plays('SetCartLine', { input: { variantId, quantity: 1 } }));
    const checkout = { idempotencyKey: randomUUID(), expectedTotal: PRICE, shippingAddress: ADDRESS };
    const placed = (await stubbornly(() => buyer.plays('Checkout', { input: checkout }))).checkout;
    if (placed.order === undefined) {
      if (placed.code !== 'OUT_OF_STOCK') return;
      await pause(Math.random() * 1_000);
      continue;
    }
    const luck = Math.random();
    // Some go away and some change their minds: what they held is free again.
    if (luck < 0.1) return;
    if (luck < 0.2) {
      await stubbornly(() => buyer.plays('CancelOrder', { input: { orderId: placed.order.id } }));
      return;
    }
    const token = luck < 0.35 ? 'later' : luck < 0.5 ? 'declined' : 'ok';
    const pay = { idempotencyKey: randomUUID(), orderId: placed.order.id, paymentMethod: { provider: 'test', token } };
    const paid = (await stubbornly(() => buyer.plays('Pay', { input: pay }))).payOrder;
    if (paid.code === 'PAYMENT_DECLINED') {
      const again = { ...pay, idempotencyKey: randomUUID(), paymentMethod: { provider: 'test', token: 'ok' } };
      await stubbornly(() => buyer.plays('Pay', { input: again }));
    }
    return;
  }
}

/** As long as the line is cut, once more, later and later: a Plaza that starts again is not to drown in those who wait for it. */
async function stubbornly(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries > 100) throw error;
      await pause(Math.random() * Math.min(3_000, 200 * 2 ** tries));
    }
  }
}

/** Looks all the while: never is more held or sold than there was. Plaza may be killed meanwhile, and its database with it. */
async function watched(folder: string, units: number, round: number, over: AbortSignal): Promise<readonly string[]> {
  let most = 0;
  while (!over.aborted) {
    await pause(50);
    const database = await commerceOf(folder).catch(() => null);
    try {
      while (database !== null && !over.aborted) {
        const [now] = await database.sql<{ taken: number }>`
          SELECT stock.reserved - coalesce((
            SELECT sum(move.on_hand) FROM stock_move AS move WHERE move.variant_id = stock.variant_id AND move.kind = 'SELL'), 0)::int AS taken
          FROM stock JOIN variant ON variant.id = stock.variant_id JOIN product ON product.id = variant.product_id
          WHERE product.title = ${`Round ${round}`}`;
        most = Math.max(most, now?.taken ?? 0);
        await pause(50);
      }
    } catch {
      // It was killed, or is not there yet: once more.
    } finally {
      await database?.close().catch(() => {});
    }
  }
  return most > units ? [`${most} were held or sold at once, of ${units}`] : [];
}

interface Rest {
  readonly sold: number;
  readonly free: number;
  readonly faults: readonly string[];
}

/** Waits until nothing is held and nothing is on its way, and looks at the books. */
async function atRest(folder: string, units: number, round: number): Promise<Rest> {
  const database = await commerceOf(folder);
  try {
    for (const until = Date.now() + REST_MS; Date.now() < until; await pause(200)) {
      const [open] = await database.sql<{ count: number }>`
        SELECT (SELECT count(*) FROM customer_order WHERE status = 'OPEN')::int + (SELECT count(*) FROM payment WHERE next_step_at IS NOT NULL)::int AS count`;
      if (open?.count === 0) break;
    }
    const [stock] = await database.sql<{ onHand: number; reserved: number; sold: number }>`
      SELECT stock.on_hand AS "onHand", stock.reserved, coalesce(-sum(move.on_hand) FILTER (WHERE move.kind = 'SELL'), 0)::int AS sold
      FROM stock JOIN variant ON variant.id = stock.variant_id JOIN product ON product.id = variant.product_id
        LEFT JOIN stock_move AS move ON move.variant_id = stock.variant_id
      WHERE product.title = ${`Round ${round}`} GROUP BY stock.variant_id`;
    if (stock === undefined) throw new Error('the stock of a round is gone');
    const faults: string[] = [];
    const must = (holds: boolean, what: string): void => void (holds || faults.push(what));
    must(stock.reserved === 0, `${stock.reserved} are still held`);
    must(stock.onHand + stock.sold === units, `${stock.sold} sold and ${stock.onHand} free are not ${units}`);
    const wrong = await database.sql<{ what: string }>`
      SELECT 'an order is confirmed without its money' AS what FROM customer_order AS o
        WHERE o.status = 'CONFIRMED' AND o.total_amount <> (
          SELECT coalesce(sum(CASE event.type WHEN 'CHARGE_SUCCESS' THEN event.amount WHEN 'REFUND_SUCCESS' THEN -event.amount ELSE 0 END), 0)
          FROM payment_event AS event JOIN payment ON payment.id = event.payment_id WHERE payment.order_id = o.id)
      UNION ALL SELECT 'money was taken for an order that is ' || o.status FROM customer_order AS o
        WHERE o.status <> 'CONFIRMED' AND 0 <> (
          SELECT coalesce(sum(CASE event.type WHEN 'CHARGE_SUCCESS' THEN event.amount WHEN 'REFUND_SUCCESS' THEN -event.amount ELSE 0 END), 0)
          FROM payment_event AS event JOIN payment ON payment.id = event.payment_id WHERE payment.order_id = o.id)
      UNION ALL SELECT 'the provider took what we do not know of' FROM test_charge LEFT JOIN payment ON payment.id::text = test_charge.key
        WHERE test_charge.status = 'captured' AND (payment.state IS NULL OR payment.state NOT IN ('SETTLED', 'REFUNDED'))
      UNION ALL SELECT 'the provider gave back what we do not know of' FROM test_refund
        LEFT JOIN payment_event AS event ON event.subject_id::text = test_refund.key AND event.type = 'REFUND_SUCCESS'
        WHERE test_refund.status = 'succeeded' AND test_refund.amount IS DISTINCT FROM event.amount
      UNION ALL SELECT 'the ledger is off by ' || sum(amount) FROM ledger_entry GROUP BY currency_code HAVING sum(amount) <> 0
      UNION ALL SELECT 'a deposit was left' FROM ledger_entry WHERE account LIKE 'deposit:%' GROUP BY account HAVING sum(amount) <> 0
      UNION ALL SELECT 'stock is not the sum of its moves' FROM stock JOIN stock_move AS move ON move.variant_id = stock.variant_id
        GROUP BY stock.variant_id HAVING stock.on_hand <> sum(move.on_hand) OR stock.reserved <> sum(move.reserved)`;
    return { sold: stock.sold, free: stock.onHand, faults: [...faults, ...wrong.map(({ what }) => what)] };
  } finally {
    await database.close();
  }
}

async function commerceOf(folder: string): Promise<Database<unknown>> {
  const socket = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[4] ?? '';
  const url = `postgresql://plaza@${encodeURIComponent(socket)}/plaza_commerce`;
  return openDatabase({ url, poolSize: 1, prisma: () => ({ $disconnect: async () => {} }) });
}

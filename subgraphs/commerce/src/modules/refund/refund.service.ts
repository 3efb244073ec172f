import type { Database, Tx } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import type { Clock } from '@plaza/kernel/clock';
import { failpoint } from '@plaza/kernel/failpoint';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { Logger } from '@plaza/telemetry/logger';
import { type Amount, amountOf, checkAmount } from '../../money/amount.js';
import { commissionWithin } from '../../money/commission.js';
import { isText, Refused } from '../../refusal.js';
import { type StockStore, summed } from '../../stock/stock.store.js';
import type { OrderStatus } from '../order/order.policy.js';
import type { OrderService } from '../order/order.service.js';
import type { OrderLineRow, OrderRow, OrderStore, SellerOrderRow } from '../order/order.store.js';
import { chargeOf } from '../payment/payment.service.js';
import type { PaymentProvider } from '../payment/payment-provider.js';
import type { PaymentStore } from '../payment/payment.store.js';
import { leftOf, partOfPieces, partsOfAmount, piecesLeftOf, type RefundPart } from './refund.policy.js';
import type { RefundRow, RefundStore } from './refund.store.js';

const MAX_REFUNDS = 100;
const MAX_LINES = 100;
const MAX_REASON = 500;
/** Whoever is at a refund has so long before somebody else may take its next step. */
const LEASE_MS = 15_000;
/** A refund that the provider has not decided is asked after so long, at least and at most. */
const ASK_AGAIN_MS = 2_000;
const ASK_AGAIN_MOST_MS = 300_000;
const STEPS_AT_ONCE = 20;

export interface RefundInput {
  readonly idempotencyKey: string;
  readonly sellerOrderId: string;
  /** Either these or an amount. */
  readonly lines: readonly { readonly orderLineId: string; readonly quantity: number }[] | null;
  readonly amount: Amount | null;
  readonly restock: boolean;
  readonly reason: string;
}

export type Refunding =
  | { readonly kind: 'begun'; readonly refundId: string }
  | { readonly kind: 'missing' | 'keyConflict' }
  | { readonly kind: 'conflict'; readonly from: OrderStatus }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface RefundParts {
  readonly database: Database<unknown>;
  readonly refunds: RefundStore;
  readonly payments: PaymentStore;
  readonly orders: OrderStore;
  readonly order: OrderService;
  readonly stock: StockStore;
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Undoes a refund of an order that has nothing to give back. */
class NotToRefund extends Error {
  readonly from: OrderStatus;

  constructor(from: OrderStatus) {
    super('nothing is to be given back');
    this.from = from;
  }
}

/**
 * Giving back is two transactions around a call of the provider: what is about to go back is written down and counted before, so that no two refunds
 * give back the same; what came of it after. Whoever finds one pending asks again under its key.
 */
export class RefundService {
  readonly #parts: RefundParts;

  constructor(parts: RefundParts) {
    this.#parts = parts;
  }

  async refund(sellerId: string, input: RefundInput): Promise<Refunding> {
    const { database, orders, order: service } = this.#parts;
    const part = await service.ofSeller(sellerId, input.sellerOrderId);
    if (part === null) return { kind: 'missing' };
    const errors = brokenRules(input, part.currencyCode);
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    const begun = await database
      .transaction<Refunding>(async (tx) => {
        const order = await orders.locked(tx, part.orderId);
        if (order === null) return { kind: 'missing' };
        const refundId = newId();
        const claim = await claimKey(tx, { viewerId: sellerId, mutation: 'refundOrder', key: input.idempotencyKey, input }, refundId);
        if (claim.kind === 'conflict') return { kind: 'keyConflict' };
        if (claim.kind === 'repeat') return { kind: 'begun', refundId: claim.resultId };
        if (order.status !== 'CONFIRMED') throw new NotToRefund(order.status);
        await this.#begin(tx, refundId, order, part, input);
        return { kind: 'begun', refundId };
      })
      .catch((error: unknown) => {
        if (error instanceof NotToRefund) return { kind: 'conflict', from: error.from } as const;
        if (error instanceof Refused) return { kind: 'invalid', fields: error.fields } as const;
        throw error;
      });
    if (begun.kind === 'begun') await this.advance(begun.refundId);
    return begun;
  }

  /** Takes the next steps of refunds that nobody is at. @returns how many */
  async advanceDue(): Promise<number> {
    const { refunds, clock } = this.#parts;
    const now = clock.now();
    const ids = await refunds.due(now, new Date(now.getTime() + LEASE_MS), STEPS_AT_ONCE);
    for (const id of ids) await this.advance(id);
    return ids.length;
  }

  /** Something has happened to a payment: its refunds may have an outcome. */
  async advanceOf(paymentId: string): Promise<void> {
    for (const id of await this.#parts.refunds.pendingOf(paymentId)) await this.advance(id);
  }

  /** Asks for the outcome of a refund. Several may do this at once. */
  async advance(refundId: string): Promise<void> {
    const { refunds, payments, providers, logger } = this.#parts;
    const refund = await refunds.byId(refundId);
    if (refund === null) throw new Error('a refund is gone');
    if (refund.state !== 'PENDING') return;
    try {
      const payment = await payments.byId(refund.paymentId);
      if (payment === null) throw new Error('the payment of a refund is gone');
      const provider = providers.get(payment.provider);
      if (provider === undefined) throw new Error(`nobody answers for the provider ${payment.provider}`);
      const amount = amountOf(refund.amount, refund.currencyCode);
      const status = await provider.refund({ key: refund.id, charge: chargeOf(payment), amount });
      await failpoint('refund.asked');
      if (status === 'pending') await this.#askLater(refund);
      else if (status === 'succeeded') await this.#end(refund, (tx, order) => this.#succeed(tx, order, refund, payment.provider));
      else await this.#end(refund, (tx) => this.#fail(tx, refund));
    } catch (error) {
      // What came of it is unknown: whoever asks next asks under the same key.
      logger.warn({ err: error, refundId }, 'a refund waits for its provider');
      await this.#askLater(refund);
    }
  }

  /** Under the order's lock. */
  async #begin(tx: Tx, refundId: string, order: OrderRow, part: SellerOrderRow, input: RefundInput): Promise<void> {
    const { refunds, payments, orders, order: service, clock } = this.#parts;
    const lines = await orders.lines(tx, part.id);
    const parts = wanted(input, lines, part.currencyCode);
    const { count, commission } = await refunds.sumsOf(tx, part.id);
    if (count >= MAX_REFUNDS) throw new Refused([{ path: 'sellerOrderId', message: `At most ${MAX_REFUNDS} refunds.` }]);
    const payment = await payments.settled(tx, order.id);
    if (payment === null) throw new Error('an order is confirmed without its payment');
    const amount = parts.reduce((sum, one) => sum + one.amount, 0n);
    const before = lines.reduce((sum, line) => sum + BigInt(line.refundedAmount), 0n);
    const given = commissionWithin(BigInt(part.commissionAmount), before + amount, BigInt(part.totalAmount)) - commission;
    const made = { id: refundId, sellerOrderId: part.id, paymentId: payment.id, isRestocked: input.restock, reason: input.reason.trim() };
    const amounts = { amount: String(amount), commissionAmount: String(given) };
    await refunds.insert(tx, { ...made, ...amounts }, parts, later(clock, LEASE_MS));
    await orders.changeLines(
      tx,
      parts.map((one) => ({ id: one.lineId, refunded: one.quantity, withdrawn: one.withdrawn, amount: one.amount })),
    );
    await payments.changeRefunded(tx, payment.id, amount);
    await payments.note(tx, payment.id, 'REFUND_REQUEST', String(amount), refundId);
    await service.changed(tx, order);
  }

  /** Under the order's lock. `then` says whether its change is still to be told. */
  async #end(refund: RefundRow, then: (tx: Tx, order: OrderRow) => Promise<boolean>): Promise<void> {
    const { database, orders, order: service } = this.#parts;
    await database.transaction(async (tx) => {
      const order = await orders.locked(tx, refund.orderId);
      if (order === null) throw new Error('the order of a refund is gone');
      if (await then(tx, order)) await service.changed(tx, order);
    });
  }

  async #succeed(tx: Tx, order: OrderRow, refund: RefundRow, provider: string): Promise<boolean> {
    const { refunds, payments, orders, order: service, stock } = this.#parts;
    if (!(await refunds.end(tx, refund.id, 'SUCCEEDED'))) return false;
    const [amount, commission] = [BigInt(refund.amount), BigInt(refund.commissionAmount)];
    await payments.note(tx, refund.paymentId, 'REFUND_SUCCESS', refund.amount, refund.id);
    await payments.post(tx, `refund:${refund.id}`, refund.currencyCode, [
      { account: `provider:${provider}`, amount: -amount },
      { account: `seller:${refund.shopId}`, amount: amount - commission },
      { account: 'platform:commission', amount: commission },
    ]);
    const pieces = (await refunds.lines(tx, refund.id)).filter(({ quantity }) => quantity > 0);
    if (refund.isRestocked && pieces.length > 0) await stock.giveBack(tx, refund.id, summed(pieces));
    const isWhole = (await orders.piecesToSend(tx, order.id)) === 0 && !(await refunds.anyPending(tx, order.id));
    if (!isWhole || order.status !== 'CONFIRMED') return true;
    await service.takeBack(tx, order);
    return false;
  }

  /** What was counted as given back is not. */
  async #fail(tx: Tx, refund: RefundRow): Promise<boolean> {
    const { refunds, payments, orders } = this.#parts;
    if (!(await refunds.end(tx, refund.id, 'FAILED'))) return false;
    await payments.note(tx, refund.paymentId, 'REFUND_FAILURE', refund.amount, refund.id);
    await payments.changeRefunded(tx, refund.paymentId, -BigInt(refund.amount));
    const lines = await refunds.lines(tx, refund.id);
    await orders.changeLines(
      tx,
      lines.map((one) => ({
        id: one.orderLineId,
        refunded: -one.quantity,
        withdrawn: -one.withdrawnQuantity,
        amount: -BigInt(one.amount),
      })),
    );
    return true;
  }

  async #askLater({ id, attempts }: RefundRow): Promise<void> {
    const { refunds, clock } = this.#parts;
    await refunds.later(id, later(clock, Math.min(ASK_AGAIN_MS * 2 ** attempts, ASK_AGAIN_MOST_MS)));
  }
}

/** What each line gives back. @throws Refused for what it does not have */
function wanted(input: RefundInput, lines: readonly OrderLineRow[], currencyCode: string): readonly RefundPart[] {
  const errors = new FieldErrors();
  const left = lines.reduce((sum, line) => sum + leftOf(line), 0n);
  if (input.amount !== null) {
    const amount = BigInt(input.amount.amountMinor);
    errors.that(amount <= left, 'amount.amountMinor', `At most ${left} of ${currencyCode}, which is what is left.`);
    if (errors.any) throw new Refused(errors.list);
    return partsOfAmount(lines, amount);
  }
  const known = new Map(lines.map((line) => [line.id, line]));
  const parts = (input.lines ?? []).flatMap(({ orderLineId, quantity }, index) => {
    const line = known.get(orderLineId);
    errors.that(line !== undefined, `lines.${index}.orderLineId`, 'There is no such line.');
    if (line === undefined) return [];
    const most = piecesLeftOf(line);
    errors.that(quantity >= 1 && quantity <= most, `lines.${index}.quantity`, `1 to ${most}, which is what was not given back.`);
    return quantity >= 1 && quantity <= most ? [partOfPieces(line, quantity)] : [];
  });
  const isMoney = parts.some(({ amount }) => amount > 0n);
  if (!errors.any) errors.that(isMoney, 'lines', 'Nothing of their price is left to give back.');
  if (errors.any) throw new Refused(errors.list);
  return parts;
}

function brokenRules({ idempotencyKey, lines, amount, restock, reason }: RefundInput, currencyCode: string): FieldErrors {
  const errors = new FieldErrors();
  errors.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  errors.that((lines === null) !== (amount === null), 'lines', 'Either lines or an amount.');
  if (lines !== null) {
    errors.that(lines.length >= 1 && lines.length <= MAX_LINES, 'lines', `1 to ${MAX_LINES} lines.`);
    errors.that(new Set(lines.map(({ orderLineId }) => orderLineId)).size === lines.length, 'lines', 'Each line once.');
  }
  if (amount !== null) {
    checkAmount(errors, 'amount', amount);
    errors.that(!/^0*$/.test(amount.amountMinor), 'amount.amountMinor', 'More than 0.');
    errors.that(amount.currencyCode === currencyCode, 'amount.currencyCode', 'The currency of the order.');
    errors.that(!restock, 'restock', 'Only pieces go back into stock.');
  }
  errors.that(reason.trim().length <= MAX_REASON && isText(reason), 'reason', `At most ${MAX_REASON} characters.`);
  return errors;
}

const later = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms);

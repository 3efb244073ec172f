import type { Database, Tx } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import type { Clock } from '@plaza/kernel/clock';
import { failpoint } from '@plaza/kernel/failpoint';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { Logger } from '@plaza/telemetry/logger';
import { amountOf } from '../../money/amount.js';
import { isText, Refused } from '../../refusal.js';
import type { OrderStatus } from '../order/order.policy.js';
import { OrderService } from '../order/order.service.js';
import type { OrderRow, OrderStore } from '../order/order.store.js';
import { canBecome, isEnded, type PaymentEventType, type PaymentState, type PaymentStatus, paymentStatusOf } from './payment.policy.js';
import type { Charge, ChargeStatus, PaymentProvider, ProviderAnswer } from './payment-provider.js';
import type { PaymentEventRow, PaymentRow, PaymentStore } from './payment.store.js';

const MAX_PAYMENTS = 20;
const MAX_TOKEN = 200;
/** Whoever is at a payment has so long before somebody else may take its next step. */
const LEASE_MS = 15_000;
/** The goods of a payment that is authorised stay held so long, for the steps that are left. */
const FINISH_MS = 60_000;
/** A charge that the provider has not decided is asked after so long, at least and at most. */
const ASK_AGAIN_MS = 2_000;
const ASK_AGAIN_MOST_MS = 300_000;
const STEPS_AT_ONCE = 20;
/** What was put aside is not any more, and nothing was taken. */
const GONE: ReadonlySet<ChargeStatus> = new Set(['cancelled', 'declined']);

export interface PayInput {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly provider: string;
  readonly token: string;
}

export type Paying =
  | { readonly kind: 'paid' | 'pending'; readonly orderId: string; readonly nextAction: ProviderAnswer['nextAction'] | null }
  | { readonly kind: 'declined' | 'missing' | 'keyConflict' }
  | { readonly kind: 'conflict'; readonly from: OrderStatus | PaymentState; readonly to: OrderStatus | PaymentState }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface PaymentParts {
  readonly database: Database<unknown>;
  readonly payments: PaymentStore;
  readonly orders: OrderStore;
  readonly order: OrderService;
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Paying is a saga: authorise, capture, commit, or what takes each of them back. Every step is written down before the provider is asked and
 * after it has answered; no lock is held while it is asked; asked twice under one key it does a thing once. So whoever finds a payment in a
 * state, after whatever crash, takes the next step from there.
 */
export class PaymentService {
  readonly #parts: PaymentParts;

  constructor(parts: PaymentParts) {
    this.#parts = parts;
  }

  /** How an order of that total is paid. */
  static statusOf(total: string, events: readonly PaymentEventRow[]): PaymentStatus {
    return paymentStatusOf(BigInt(total), events);
  }

  async pay(viewerId: string, input: PayInput): Promise<Paying> {
    const { database, orders } = this.#parts;
    const begun = await database
      .transaction(async (tx) => {
        const order = await orders.locked(tx, input.orderId);
        if (order === null || !OrderService.isOf(viewerId, order)) return { kind: 'missing' } as const;
        return this.#begin(tx, viewerId, order, input);
      })
      .catch((error: unknown) => {
        if (error instanceof Stopped) return error.outcome;
        if (error instanceof Refused) return { kind: 'invalid', fields: error.fields } as const;
        throw error;
      });
    if (begun.kind !== 'begun') return begun;
    const nextAction = await this.advance(begun.paymentId);
    const payment = await this.#read(begun.paymentId);
    if (payment.state === 'DECLINED') return { kind: 'declined' };
    return { kind: payment.state === 'SETTLED' ? 'paid' : 'pending', orderId: payment.orderId, nextAction };
  }

  /** Takes the next steps of payments that nobody is at. @returns how many */
  async advanceDue(): Promise<number> {
    const { payments, clock } = this.#parts;
    const now = clock.now();
    const ids = await payments.due(now, new Date(now.getTime() + LEASE_MS), STEPS_AT_ONCE);
    for (const id of ids) await this.advance(id);
    return ids.length;
  }

  /** Takes a payment as far as it goes now. Several may do this at once. @returns what the buyer has to do elsewhere */
  async advance(paymentId: string): Promise<ProviderAnswer['nextAction'] | null> {
    let nextAction: ProviderAnswer['nextAction'] | null = null;
    for (;;) {
      const payment = await this.#read(paymentId);
      if (isEnded(payment.state)) return nextAction;
      await failpoint(`payment.at.${payment.state.toLowerCase()}`);
      try {
        const step = await this.#step(payment);
        nextAction = step.nextAction ?? nextAction;
        if (!step.moved) return nextAction;
      } catch (error) {
        // What came of it is unknown: whoever takes the next step asks under the same key.
        this.#parts.logger.warn({ err: error, paymentId, state: payment.state }, 'a payment waits for its provider');
        await this.#askLater(payment);
        return nextAction;
      }
    }
  }

  /** Under the order's lock. */
  async #begin(
    tx: Tx,
    viewerId: string,
    order: OrderRow,
    input: PayInput,
  ): Promise<{ readonly kind: 'begun'; readonly paymentId: string } | { readonly kind: 'keyConflict' }> {
    const { payments, providers, clock } = this.#parts;
    const errors = new FieldErrors();
    errors.that(isIdempotencyKey(input.idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
    errors.that(providers.has(input.provider), 'paymentMethod.provider', 'There is no such provider.');
    const isToken = input.token.length >= 1 && input.token.length <= MAX_TOKEN && isText(input.token);
    errors.that(isToken, 'paymentMethod.token', `A token has 1 to ${MAX_TOKEN} characters.`);
    if (errors.any) throw new Refused(errors.list);
    const paymentId = newId();
    const claim = await claimKey(tx, { viewerId, mutation: 'payOrder', key: input.idempotencyKey, input }, paymentId);
    if (claim.kind === 'conflict') return { kind: 'keyConflict' };
    if (claim.kind === 'repeat') return { kind: 'begun', paymentId: claim.resultId };
    if (order.status !== 'OPEN') throw new Stopped({ kind: 'conflict', from: order.status, to: 'CONFIRMED' });
    const attempts = await payments.ofOrder(tx, order.id);
    const open = attempts.find(({ state }) => !isEnded(state));
    if (open !== undefined) throw new Stopped({ kind: 'conflict', from: open.state, to: 'CREATED' });
    if (attempts.length >= MAX_PAYMENTS)
      throw new Refused([{ path: 'orderId', message: `At most ${MAX_PAYMENTS} attempts to pay an order.` }]);
    const { currencyCode, totalAmount: amount } = order;
    const { provider, token } = input;
    await payments.insert(tx, { id: paymentId, orderId: order.id, provider, token, currencyCode, amount }, later(clock, LEASE_MS));
    await payments.note(tx, paymentId, 'AUTHORIZATION_REQUEST', amount);
    await this.#tell(tx, order);
    return { kind: 'begun', paymentId };
  }

  async #step(payment: PaymentRow): Promise<Step> {
    const provider = this.#parts.providers.get(payment.provider);
    if (provider === undefined) throw new Error(`nobody answers for the provider ${payment.provider}`);
    switch (payment.state) {
      case 'CREATED':
      case 'PENDING':
        return this.#authorize(payment, provider);
      case 'AUTHORIZED':
        return this.#capture(payment, provider);
      case 'CAPTURED':
        return { moved: await this.#commit(payment) };
      case 'REFUNDING':
        return this.#refund(payment, provider);
      case 'SETTLED':
      case 'DECLINED':
      case 'CANCELLED':
      case 'REFUNDED':
        return { moved: false };
    }
  }

  async #authorize(payment: PaymentRow, provider: PaymentProvider): Promise<Step> {
    const { id, state, reference } = payment;
    const charge = chargeOf(payment);
    const answer = state === 'CREATED' ? await provider.authorize(charge) : await provider.status(charge);
    if (reference === null && answer.reference !== undefined) await this.#parts.payments.refer(id, answer.reference);
    switch (answer.status) {
      case 'pending': {
        if (state === 'CREATED') await this.#move(payment, 'PENDING', null);
        await this.#askLater(payment);
        return { moved: false, nextAction: answer.nextAction };
      }
      case 'declined':
      case 'cancelled':
        return { moved: await this.#move(payment, 'DECLINED', 'AUTHORIZATION_FAILURE') };
      case 'authorized':
      case 'captured':
        return { moved: await this.#move(payment, 'AUTHORIZED', 'AUTHORIZATION_SUCCESS') };
    }
  }

  /** The money is put aside: it is taken if the goods are held or can be held anew, else it is set free. */
  async #capture(payment: PaymentRow, provider: PaymentProvider): Promise<Step> {
    const { database, orders, order: service, payments } = this.#parts;
    const isHeld = await database.transaction(async (tx) => {
      const order = await this.#orderOf(tx, payment);
      const held = await service.keepHeld(tx, order, FINISH_MS);
      await payments.note(tx, payment.id, held === null ? 'CANCEL_REQUEST' : 'CHARGE_REQUEST', payment.amount);
      await orders.touch(tx, order.id);
      return held !== null;
    });
    if (!isHeld) {
      // What was taken under another step cannot be set free any more: it is given back.
      const { status } = await provider.cancel(chargeOf(payment));
      if (status === 'captured') return { moved: await this.#captured(payment) };
      if (GONE.has(status)) return { moved: await this.#move(payment, 'CANCELLED', 'CANCEL_SUCCESS') };
      throw new Error(`a cancellation ended as ${status}`);
    }
    const { status } = await provider.capture(chargeOf(payment));
    if (status === 'captured') return { moved: await this.#captured(payment) };
    if (GONE.has(status)) return { moved: await this.#move(payment, 'CANCELLED', 'CANCEL_SUCCESS') };
    throw new Error(`a capture ended as ${status}`);
  }

  async #captured(payment: PaymentRow): Promise<boolean> {
    const { payments } = this.#parts;
    const { id, provider, amount, currencyCode, orderId } = payment;
    return this.#move(payment, 'CAPTURED', 'CHARGE_SUCCESS', async (tx) =>
      payments.post(tx, `charge:${id}`, currencyCode, [
        { account: `provider:${provider}`, amount: BigInt(amount) },
        { account: `deposit:${orderId}`, amount: -BigInt(amount) },
      ]),
    );
  }

  /** The money is ours: the goods leave, and it is owed to the sellers; or it goes back, because the goods are gone. */
  async #commit(payment: PaymentRow): Promise<boolean> {
    const { database, order: service, orders, payments, clock } = this.#parts;
    return database.transaction(async (tx) => {
      const order = await this.#orderOf(tx, payment);
      if (!(await payments.is(tx, payment.id, 'CAPTURED'))) return true;
      const held = await service.keepHeld(tx, order, 0);
      if (held === null) {
        await payments.become(tx, payment.id, 'CAPTURED', 'REFUNDING', later(clock, LEASE_MS));
        await payments.note(tx, payment.id, 'REFUND_REQUEST', payment.amount);
        await this.#tell(tx, order);
        return true;
      }
      await payments.become(tx, payment.id, 'CAPTURED', 'SETTLED', null);
      await service.confirm(tx, held);
      const parts = await orders.partsOf(tx, order.id);
      await payments.post(tx, `settle:${payment.id}`, payment.currencyCode, [
        { account: `deposit:${order.id}`, amount: BigInt(payment.amount) },
        ...parts.map(({ shopId, totalAmount, commissionAmount }) => ({
          account: `seller:${shopId}`,
          amount: BigInt(commissionAmount) - BigInt(totalAmount),
        })),
        { account: 'platform:commission', amount: -parts.reduce((sum, { commissionAmount }) => sum + BigInt(commissionAmount), 0n) },
      ]);
      return true;
    });
  }

  async #refund(payment: PaymentRow, provider: PaymentProvider): Promise<Step> {
    const { payments } = this.#parts;
    const { id, amount, currencyCode, orderId } = payment;
    const status = await provider.refund({ key: id, charge: chargeOf(payment), amount: amountOf(amount, currencyCode) });
    if (status === 'pending') {
      await this.#askLater(payment);
      return { moved: false };
    }
    if (status === 'failed') throw new Error('what was taken for nothing could not be given back');
    const moved = await this.#move(payment, 'REFUNDED', 'REFUND_SUCCESS', async (tx) =>
      payments.post(tx, `refund:${id}`, currencyCode, [
        { account: `provider:${payment.provider}`, amount: -BigInt(amount) },
        { account: `deposit:${orderId}`, amount: BigInt(amount) },
      ]),
    );
    return { moved };
  }

  /** Moves it on under its order's lock, with what has happened and what is booked for it. True also when somebody else was faster. */
  async #move(
    payment: PaymentRow,
    to: PaymentState,
    event: PaymentEventType | null,
    more: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> {
    const { database, payments, clock } = this.#parts;
    if (!canBecome(payment.state, to)) throw new Error(`a payment that is ${payment.state} does not become ${to}`);
    await failpoint(`payment.${to.toLowerCase()}`);
    await database.transaction(async (tx) => {
      const order = await this.#orderOf(tx, payment);
      if (!(await payments.become(tx, payment.id, payment.state, to, isEnded(to) ? null : later(clock, LEASE_MS)))) return;
      if (event !== null) await payments.note(tx, payment.id, event, payment.amount);
      await more(tx);
      await this.#tell(tx, order);
    });
    return true;
  }

  async #tell(tx: Tx, order: OrderRow): Promise<void> {
    await this.#parts.order.changed(tx, order);
  }

  async #orderOf(tx: Tx, { orderId }: PaymentRow): Promise<OrderRow> {
    const order = await this.#parts.orders.locked(tx, orderId);
    if (order === null) throw new Error('the order of a payment is gone');
    return order;
  }

  async #read(id: string): Promise<PaymentRow> {
    const payment = await this.#parts.payments.byId(id);
    if (payment === null) throw new Error('a payment is gone');
    return payment;
  }

  async #askLater({ id, attempts }: PaymentRow): Promise<void> {
    const { payments, clock } = this.#parts;
    await payments.later(id, later(clock, Math.min(ASK_AGAIN_MS * 2 ** attempts, ASK_AGAIN_MOST_MS)));
  }
}

/** A payment as its provider knows it. */
export const chargeOf = ({ id, token, reference, amount, currencyCode }: PaymentRow): Charge => ({
  key: id,
  token,
  reference,
  amount: amountOf(amount, currencyCode),
});

interface Step {
  /** Whether there may be another step now. */
  readonly moved: boolean;
  readonly nextAction?: ProviderAnswer['nextAction'];
}

/** Undoes a transaction that cannot go on. */
class Stopped extends Error {
  readonly outcome: Paying;

  constructor(outcome: Paying) {
    super('stopped');
    this.outcome = outcome;
  }
}

const later = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms);

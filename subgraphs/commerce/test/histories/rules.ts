import { commissionOf, commissionWithin } from '../../src/money/commission.js';
import { canBecome, fulfillmentOf, type OrderStatus } from '../../src/modules/order/order.policy.js';
import {
  canBecome as canPaymentBecome,
  isEnded,
  type PaymentEventType,
  type PaymentState,
  paymentStatusOf,
} from '../../src/modules/payment/payment.policy.js';
import { leftOf, partOfPieces, partsOfAmount, piecesLeftOf, type RefundPart } from '../../src/modules/refund/refund.policy.js';
import { type Line, type Look, must, type Outcome, type Step, type System } from './history.js';

const BASIS_POINTS = 770;
const OK: Outcome = { kind: 'Ok' };

/** The rules alone, with as little around them as makes them take steps: no database, nobody else. */
export class Rules implements System {
  #status: OrderStatus = 'OPEN';
  #isSold = false;
  #payments: { readonly id: string; state: PaymentState }[] = [];
  #lines;
  readonly #stock: { onHand: number; reserved: number }[];
  readonly #events: { readonly paymentId: string; readonly type: PaymentEventType; readonly amount: string }[] = [];
  readonly #shipments: { readonly line: number; readonly pieces: number; isThere: boolean }[] = [];
  readonly #ledger = new Map<string, bigint>();
  readonly #total: bigint;
  readonly #commission: bigint;
  #commissionGiven = 0n;

  constructor(lines: readonly Line[]) {
    this.#lines = lines.map(({ price, quantity }, index) => ({
      id: String(index),
      quantity,
      shippedQuantity: 0,
      deliveredQuantity: 0,
      refundedQuantity: 0,
      withdrawnQuantity: 0,
      unitAmount: String(price),
      refundedAmount: '0',
    }));
    this.#stock = lines.map(({ stock, quantity }) => ({ onHand: stock, reserved: quantity }));
    this.#total = BigInt(lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0));
    this.#commission = commissionOf(this.#total, BASIS_POINTS);
  }

  async take(step: Step): Promise<Outcome> {
    const outcome = this.#take(step);
    this.#holds();
    return outcome;
  }

  async look(): Promise<Look> {
    return {
      status: this.#status,
      paymentStatus: paymentStatusOf(this.#total, this.#events),
      fulfillmentStatus: fulfillmentOf(this.#status, this.#lines),
      lines: this.#lines.map((line) => ({
        shipped: line.shippedQuantity,
        delivered: line.deliveredQuantity,
        refunded: line.refundedQuantity,
        refundedAmount: Number(line.refundedAmount),
      })),
      stock: this.#stock.map(({ onHand, reserved }) => [onHand, reserved]),
    };
  }

  /** What must hold after every step. */
  #holds(): void {
    const taken = this.#sum('CHARGE_SUCCESS');
    const given = this.#sum('REFUND_SUCCESS');
    must(given <= taken, () => 'more was given back than was taken');
    must(sumOf(this.#ledger.values()) === 0n, () => 'the ledger is off');
    must((this.#ledger.get('deposit') ?? 0n) === 0n, () => 'a deposit is left');
    must((this.#ledger.get('provider') ?? 0n) === taken - given, () => 'the provider holds something else');
    const ours = this.#isSold ? this.#commission - commissionWithin(this.#commission, given, this.#total) : 0n;
    must(-(this.#ledger.get('commission') ?? 0n) === ours, () => 'the commission is off');
    for (const { onHand, reserved } of this.#stock) must(reserved >= 0 && reserved <= onHand, () => 'more is held than is there');
    for (const { quantity, shippedQuantity, withdrawnQuantity, refundedQuantity } of this.#lines) {
      must(shippedQuantity + withdrawnQuantity <= quantity, () => 'more is sent or withdrawn than was bought');
      must(withdrawnQuantity <= refundedQuantity && refundedQuantity <= quantity, () => 'more goes back than was bought');
    }
  }

  #take(step: Step): Outcome {
    switch (step.does) {
      case 'pay':
        return this.#pay(step.token);
      case 'decide':
        this.#decide();
        return OK;
      case 'expire':
        if (this.#status === 'OPEN') this.#letGo('EXPIRED');
        return OK;
      case 'cancel':
        if (this.#status === 'CANCELLED') return OK;
        if (this.#status !== 'OPEN') return { kind: 'Conflict' };
        this.#letGo('CANCELLED');
        return OK;
      case 'sellOut':
        for (const stock of this.#stock) stock.onHand = stock.reserved;
        return OK;
      case 'ship':
        return this.#ship(step.line, step.pieces);
      case 'deliver':
        return this.#deliver(step.shipment);
      case 'refundPieces':
        return this.#refundPieces(step.line, step.pieces, step.restock);
      case 'refundAmount': {
        if (!this.#isSold) return { kind: 'NotFound' };
        if (step.amount < 1) return { kind: 'Validation' };
        if (this.#status !== 'CONFIRMED') return { kind: 'Conflict' };
        const left = this.#lines.reduce((sum, line) => sum + leftOf(line), 0n);
        return BigInt(step.amount) > left ? { kind: 'Validation' } : this.#give(partsOfAmount(this.#lines, BigInt(step.amount)));
      }
    }
  }

  #pay(token: 'ok' | 'declined' | 'later'): Outcome {
    if (this.#status !== 'OPEN' || this.#payments.some(({ state }) => !isEnded(state))) return { kind: 'Conflict' };
    const payment = { id: String(this.#payments.length), state: 'CREATED' as PaymentState };
    this.#payments.push(payment);
    this.#note(payment.id, 'AUTHORIZATION_REQUEST', this.#total);
    if (token === 'later') this.#move(payment, 'PENDING');
    if (token === 'declined') {
      this.#move(payment, 'DECLINED');
      this.#note(payment.id, 'AUTHORIZATION_FAILURE', this.#total);
      return { kind: 'PaymentDeclined' };
    }
    if (token === 'ok') this.#finish(payment);
    return OK;
  }

  #decide(): void {
    const pending = this.#payments.find(({ state }) => state === 'PENDING');
    if (pending !== undefined) this.#finish(pending);
  }

  /** Authorised: taken if the goods are held or can be held anew, set free if not. */
  #finish(payment: { readonly id: string; state: PaymentState }): void {
    this.#move(payment, 'AUTHORIZED');
    this.#note(payment.id, 'AUTHORIZATION_SUCCESS', this.#total);
    const isFree = this.#lines.every(({ quantity }, index) => {
      const stock = this.#stock[index];
      return stock !== undefined && stock.onHand - stock.reserved >= quantity;
    });
    if (this.#status !== 'OPEN' && canBecome(this.#status, 'OPEN') && isFree) {
      this.#become('OPEN');
      for (const [index, stock] of this.#stock.entries()) stock.reserved += this.#lines[index]?.quantity ?? 0;
    }
    if (this.#status !== 'OPEN') {
      this.#move(payment, 'CANCELLED');
      this.#note(payment.id, 'CANCEL_SUCCESS', this.#total);
      return;
    }
    this.#move(payment, 'CAPTURED');
    this.#note(payment.id, 'CHARGE_SUCCESS', this.#total);
    this.#post({ provider: this.#total, deposit: -this.#total });
    this.#move(payment, 'SETTLED');
    this.#become('CONFIRMED');
    this.#isSold = true;
    this.#post({ deposit: this.#total, seller: this.#commission - this.#total, commission: -this.#commission });
    for (const [index, stock] of this.#stock.entries()) {
      stock.onHand -= this.#lines[index]?.quantity ?? 0;
      stock.reserved -= this.#lines[index]?.quantity ?? 0;
    }
  }

  #ship(index: number, pieces: number): Outcome {
    if (!this.#isSold) return { kind: 'NotFound' };
    const from = fulfillmentOf(this.#status, this.#lines);
    if (from !== 'UNFULFILLED' && from !== 'PARTIALLY_SHIPPED') return { kind: 'Conflict' };
    const line = this.#lines[index];
    if (line === undefined || pieces < 1 || pieces > line.quantity - line.shippedQuantity - line.withdrawnQuantity)
      return { kind: 'Validation' };
    line.shippedQuantity += pieces;
    this.#shipments.push({ line: index, pieces, isThere: false });
    return OK;
  }

  #deliver(index: number): Outcome {
    const shipment = this.#shipments[index];
    const line = this.#lines[shipment?.line ?? -1];
    if (shipment === undefined || line === undefined) return { kind: 'NotFound' };
    if (!shipment.isThere) line.deliveredQuantity += shipment.pieces;
    shipment.isThere = true;
    return OK;
  }

  #refundPieces(index: number, pieces: number, restock: boolean): Outcome {
    if (!this.#isSold) return { kind: 'NotFound' };
    if (this.#status !== 'CONFIRMED') return { kind: 'Conflict' };
    const line = this.#lines[index];
    if (line === undefined || pieces < 1 || pieces > piecesLeftOf(line)) return { kind: 'Validation' };
    const part = partOfPieces(line, pieces);
    if (part.amount === 0n) return { kind: 'Validation' };
    const stock = this.#stock[index];
    if (restock && stock !== undefined) stock.onHand += pieces;
    return this.#give([part]);
  }

  #give(parts: readonly RefundPart[]): Outcome {
    const before = this.#sum('REFUND_SUCCESS');
    const amount = parts.reduce((sum, part) => sum + part.amount, 0n);
    const commission = commissionWithin(this.#commission, before + amount, this.#total) - this.#commissionGiven;
    this.#commissionGiven += commission;
    for (const part of parts) {
      const line = this.#lines[Number(part.lineId)];
      if (line === undefined) throw new Error('a part of no line');
      line.refundedQuantity += part.quantity;
      line.withdrawnQuantity += part.withdrawn;
      line.refundedAmount = String(BigInt(line.refundedAmount) + part.amount);
    }
    const payment = this.#payments.find(({ state }) => state === 'SETTLED');
    this.#note(payment?.id ?? '', 'REFUND_SUCCESS', amount);
    this.#post({ provider: -amount, seller: amount - commission, commission });
    if (this.#lines.every(({ quantity, withdrawnQuantity }) => withdrawnQuantity === quantity)) this.#become('CANCELLED');
    return { kind: 'Ok', given: parts.map((part) => ({ line: Number(part.lineId), amount: Number(part.amount) })) };
  }

  #letGo(status: 'CANCELLED' | 'EXPIRED'): void {
    this.#become(status);
    for (const [index, stock] of this.#stock.entries()) stock.reserved -= this.#lines[index]?.quantity ?? 0;
  }

  /** Every move must be one of the rules'. */
  #become(to: OrderStatus): void {
    must(canBecome(this.#status, to), () => `an order that is ${this.#status} becomes ${to}`);
    this.#status = to;
  }

  #move(payment: { state: PaymentState }, to: PaymentState): void {
    must(canPaymentBecome(payment.state, to), () => `a payment that is ${payment.state} becomes ${to}`);
    payment.state = to;
  }

  #note(paymentId: string, type: PaymentEventType, amount: bigint): void {
    this.#events.push({ paymentId, type, amount: String(amount) });
  }

  #post(sides: Readonly<Record<string, bigint>>): void {
    must(sumOf(Object.values(sides)) === 0n, () => 'a posting is off');
    for (const [account, amount] of Object.entries(sides)) this.#ledger.set(account, (this.#ledger.get(account) ?? 0n) + amount);
  }

  #sum(type: PaymentEventType): bigint {
    return this.#events.filter((event) => event.type === type).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  }
}

const sumOf = (amounts: Iterable<bigint>): bigint => {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
};

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';

/** What may happen to an order; numbers name lines, shipments and pieces by position, and may be out of bounds. */
export type Step =
  | { readonly does: 'pay'; readonly token: 'ok' | 'declined' | 'later' }
  | { readonly does: 'decide' | 'expire' | 'cancel' | 'sellOut' }
  | { readonly does: 'ship'; readonly line: number; readonly pieces: number }
  | { readonly does: 'deliver'; readonly shipment: number }
  | { readonly does: 'refundPieces'; readonly line: number; readonly pieces: number; readonly restock: boolean }
  | { readonly does: 'refundAmount'; readonly amount: number };

export interface Line {
  readonly price: number;
  readonly quantity: number;
  /** What there is when the order is placed, the order's own pieces included. */
  readonly stock: number;
}

export interface History {
  readonly lines: readonly Line[];
  readonly steps: readonly Step[];
}

/** What came of a step: a member of the result union without its ending, and what a refund has given of each line. */
export interface Outcome {
  readonly kind: 'Ok' | 'PaymentDeclined' | 'Conflict' | 'NotFound' | 'Validation';
  readonly given?: readonly { readonly line: number; readonly amount: number }[];
}

/** How things stand, as whoever looks sees them. */
export interface Look {
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfillmentStatus: string;
  readonly lines: readonly {
    readonly shipped: number;
    readonly delivered: number;
    readonly refunded: number;
    readonly refundedAmount: number;
  }[];
  /** Of each line's variant: there, held. */
  readonly stock: readonly (readonly [onHand: number, reserved: number])[];
}

/** Something that takes steps; an order of these lines is placed in it. */
export interface System {
  take(step: Step): Promise<Outcome>;
  look(): Promise<Look>;
}

const small = fc.integer({ min: 0, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('pay' as const), token: fc.constantFrom('ok', 'ok', 'declined', 'later') }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('decide', 'expire', 'cancel', 'sellOut') }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('ship' as const), line: fc.nat(2), pieces: small }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('deliver' as const), shipment: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('refundPieces' as const), line: fc.nat(2), pieces: small, restock: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('refundAmount' as const), amount: fc.integer({ min: 0, max: 1_500 }) }) },
);
const line: fc.Arbitrary<Line> = fc
  .record({ price: fc.integer({ min: 1, max: 400 }), quantity: fc.integer({ min: 1, max: 4 }), more: fc.nat(3) })
  .map(({ price, quantity, more }) => ({ price, quantity, stock: quantity + more }));

export const histories = (most: number): fc.Arbitrary<History> =>
  fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), steps: fc.array(step, { minLength: 1, maxLength: most }) });

/** A piece of a line, followed by itself: where the systems count. */
interface Piece {
  isSent: boolean;
  isThere: boolean;
  isBack: boolean;
}

/** What should come of a history, told by following each piece and each cent. It knows nothing of how the systems count. */
export class Expected {
  #status: 'OPEN' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED' = 'OPEN';
  #isSold = false;
  #isPending = false;
  readonly #prices: readonly number[];
  readonly #pieces: readonly Piece[][];
  readonly #given: number[];
  readonly #onHand: number[];
  readonly #reserved: number[];
  readonly #shipments: Piece[][] = [];

  constructor(lines: readonly Line[]) {
    this.#prices = lines.map(({ price }) => price);
    this.#pieces = lines.map(({ quantity }) => Array.from({ length: quantity }, () => ({ isSent: false, isThere: false, isBack: false })));
    this.#given = lines.map(() => 0);
    this.#onHand = lines.map(({ stock }) => stock);
    this.#reserved = lines.map(({ quantity }) => quantity);
  }

  /** Follows a step whose outcome is told. @throws when it is not what should have come of it */
  follow(taken: Step, { kind, given = [] }: Outcome): void {
    must(kind === this.#kindOf(taken), () => `${JSON.stringify(taken)} is ${kind} and not ${this.#kindOf(taken)}`);
    if (kind === 'Ok' || kind === 'PaymentDeclined') this.#apply(taken, given);
  }

  look(): Look {
    return {
      status: this.#status,
      paymentStatus: this.#paymentStatus(),
      fulfillmentStatus: this.#fulfillmentStatus(),
      lines: this.#pieces.map((pieces, index) => ({
        shipped: pieces.filter(({ isSent }) => isSent).length,
        delivered: pieces.filter(({ isThere }) => isThere).length,
        refunded: pieces.filter(({ isBack }) => isBack).length,
        refundedAmount: this.#given[index] ?? 0,
      })),
      stock: this.#onHand.map((onHand, index) => [onHand, this.#reserved[index] ?? 0]),
    };
  }

  #kindOf(taken: Step): Outcome['kind'] {
    switch (taken.does) {
      case 'pay':
        if (this.#status !== 'OPEN' || this.#isPending) return 'Conflict';
        return taken.token === 'declined' ? 'PaymentDeclined' : 'Ok';
      case 'cancel':
        return this.#status === 'OPEN' || this.#status === 'CANCELLED' ? 'Ok' : 'Conflict';
      case 'decide':
      case 'expire':
      case 'sellOut':
        return 'Ok';
      case 'ship': {
        if (!this.#isSold) return 'NotFound';
        if (!['UNFULFILLED', 'PARTIALLY_SHIPPED'].includes(this.#fulfillmentStatus())) return 'Conflict';
        const owed = this.#owed(taken.line).length;
        return taken.pieces >= 1 && taken.pieces <= owed ? 'Ok' : 'Validation';
      }
      case 'deliver':
        return taken.shipment < this.#shipments.length ? 'Ok' : 'NotFound';
      case 'refundPieces': {
        if (!this.#isSold) return 'NotFound';
        if (this.#status !== 'CONFIRMED') return 'Conflict';
        const kept = (this.#pieces[taken.line] ?? []).filter(({ isBack }) => !isBack).length;
        const isThere = taken.pieces >= 1 && taken.pieces <= kept;
        return isThere && this.#worth(taken.line, taken.pieces)[1] > 0 ? 'Ok' : 'Validation';
      }
      case 'refundAmount':
        if (!this.#isSold) return 'NotFound';
        if (taken.amount < 1) return 'Validation';
        if (this.#status !== 'CONFIRMED') return 'Conflict';
        return taken.amount <= this.#left() ? 'Ok' : 'Validation';
    }
  }

  #apply(taken: Step, given: NonNullable<Outcome['given']>): void {
    switch (taken.does) {
      case 'pay':
        if (taken.token === 'ok') this.#confirm();
        if (taken.token === 'later') this.#isPending = true;
        return;
      case 'cancel':
        if (this.#status === 'OPEN') this.#letGo('CANCELLED');
        return;
      case 'expire':
        if (this.#status === 'OPEN') this.#letGo('EXPIRED');
        return;
      case 'sellOut':
        for (const [index, reserved] of this.#reserved.entries()) this.#onHand[index] = reserved;
        return;
      case 'decide': {
        if (!this.#isPending) return;
        this.#isPending = false;
        const isFree = this.#pieces.every((pieces, index) => (this.#onHand[index] ?? 0) - (this.#reserved[index] ?? 0) >= pieces.length);
        if (this.#status === 'EXPIRED' && isFree)
          for (const [index, pieces] of this.#pieces.entries()) this.#reserved[index] = pieces.length;
        if (this.#status === 'OPEN' || (this.#status === 'EXPIRED' && isFree)) this.#confirm();
        return;
      }
      case 'ship': {
        const sent = this.#owed(taken.line).slice(0, taken.pieces);
        for (const piece of sent) piece.isSent = true;
        this.#shipments.push(sent);
        return;
      }
      case 'deliver':
        for (const piece of this.#shipments[taken.shipment] ?? []) piece.isThere = true;
        return;
      case 'refundPieces': {
        // A piece is worth its part of what is left of its line, rounded one way or the other; the last one all of it.
        const [least, most] = this.#worth(taken.line, taken.pieces);
        const [{ line: of, amount } = { line: -1, amount: -1 }] = given;
        must(given.length === 1 && of === taken.line && amount >= least && amount <= most, () => `a piece gives ${JSON.stringify(given)}`);
        const kept = (this.#pieces[taken.line] ?? []).filter(({ isBack }) => !isBack);
        const unsentFirst = kept.toSorted((a, b) => Number(a.isSent) - Number(b.isSent));
        for (const piece of unsentFirst.slice(0, taken.pieces)) piece.isBack = true;
        if (taken.restock) this.#onHand[taken.line] = (this.#onHand[taken.line] ?? 0) + taken.pieces;
        this.#give(given);
        return;
      }
      case 'refundAmount':
        must(given.reduce((sum, { amount }) => sum + amount, 0) === taken.amount, () => `an amount gives ${JSON.stringify(given)}`);
        this.#give(given);
        return;
    }
  }

  #give(given: NonNullable<Outcome['given']>): void {
    for (const { line: index, amount } of given) {
      const all = (this.#given[index] ?? 0) + amount;
      this.#given[index] = all;
      must(amount > 0 && all <= this.#costs(index), () => `a line gives ${amount}, ${all} in all`);
    }
    if (this.#pieces.flat().every(({ isSent, isBack }) => isBack && !isSent)) this.#status = 'CANCELLED';
  }

  #confirm(): void {
    this.#status = 'CONFIRMED';
    this.#isSold = true;
    for (const [index, pieces] of this.#pieces.entries()) {
      this.#onHand[index] = (this.#onHand[index] ?? 0) - pieces.length;
      this.#reserved[index] = 0;
    }
  }

  #letGo(status: 'CANCELLED' | 'EXPIRED'): void {
    this.#status = status;
    for (const index of this.#reserved.keys()) this.#reserved[index] = 0;
  }

  #owed(index: number): readonly Piece[] {
    return (this.#pieces[index] ?? []).filter(({ isSent, isBack }) => !isSent && !isBack);
  }

  #costs(index: number): number {
    return (this.#prices[index] ?? 0) * (this.#pieces[index]?.length ?? 0);
  }

  #left(): number {
    return this.#given.reduce((sum, given, index) => sum + this.#costs(index) - given, 0);
  }

  /** What so many pieces of a line are worth at least and at most. */
  #worth(index: number, pieces: number): readonly [number, number] {
    const kept = (this.#pieces[index] ?? []).filter(({ isBack }) => !isBack).length;
    const exact = ((this.#costs(index) - (this.#given[index] ?? 0)) * pieces) / kept;
    // Of two equal remainders the first part gets the unit that is left.
    return exact > 0 && exact < 0.5 ? [0, 0] : [Math.floor(exact), Math.ceil(exact)];
  }

  #paymentStatus(): string {
    if (!this.#isSold) return this.#isPending ? 'PENDING' : 'UNPAID';
    if (this.#left() === 0) return 'REFUNDED';
    return this.#given.some((given) => given > 0) ? 'PARTIALLY_REFUNDED' : 'PAID';
  }

  #fulfillmentStatus(): string {
    const owed = this.#pieces.flat().filter(({ isSent, isBack }) => isSent || !isBack);
    if (this.#status === 'EXPIRED' || this.#status === 'CANCELLED' || owed.length === 0) return 'CANCELLED';
    if (owed.every(({ isSent }) => !isSent)) return 'UNFULFILLED';
    if (owed.some(({ isSent }) => !isSent)) return 'PARTIALLY_SHIPPED';
    return owed.every(({ isThere }) => isThere) ? 'DELIVERED' : 'SHIPPED';
  }
}

/** @throws what it says when it does not hold. Thousands of histories ask this millions of times: too often for a test's `expect`. */
export function must(holds: boolean, says: () => string): void {
  if (!holds) throw new Error(says());
}

/** Plays a history, and compares after every step. */
export async function play({ lines, steps }: History, system: System): Promise<void> {
  const expected = new Expected(lines);
  const compare = async (after: Step | null): Promise<void> => {
    const [is, should] = [await system.look(), expected.look()];
    must(isDeepStrictEqual(is, should), () => `after ${JSON.stringify(after)}: ${JSON.stringify(is)} and not ${JSON.stringify(should)}`);
  };
  await compare(null);
  for (const one of steps) {
    expected.follow(one, await system.take(one));
    await compare(one);
  }
}

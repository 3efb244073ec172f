import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import { z } from 'zod';
import type {
  Charge,
  ChargeStatus,
  PaymentProvider,
  ProviderAnswer,
  ProviderNotice,
  ProviderRefund,
  ProviderRefundStatus,
} from './payment-provider.js';
import type { TestChargeStore } from './test-charge.store.js';

/** A notice that is older is a replay. */
const NOTICE_GOOD_MS = 300_000;
const GOOD: ReadonlySet<string> = new Set(['ok', 'refund-later', 'refund-fails']);
const SIGNATURE = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/;
const notice = z.object({ id: z.string().min(1).max(200), charge: z.uuid() });

export interface TestProviderParts {
  readonly store: TestChargeStore;
  /** It signs with it. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** How long it takes over what it puts off. */
  readonly delayMs: number;
  /** Takes a notice, as its public address does. */
  readonly send: (body: Buffer, signature: string) => void;
}

/**
 * A provider that moves no money and otherwise behaves like one: it keeps its books, knows a repetition by its key, and signs its notices the way
 * Stripe does (HMAC-SHA-256 over `<seconds>.<body>`). Its tokens: `ok`; `declined`; `later` is decided, well, after a while; with `refund-later` it is the refund that is, and with
 * `refund-fails` it goes wrong.
 */
export class TestProvider implements PaymentProvider {
  readonly name = 'test';
  readonly signatureHeader = 'plaza-signature';
  readonly #store: TestChargeStore;
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #send: TestProviderParts['send'];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ store, key, clock, delayMs, send }: TestProviderParts) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#send = send;
  }

  async authorize({ key, token, amount }: Charge): Promise<ProviderAnswer> {
    const now = this.#clock.now().getTime();
    const isLate = token === 'later';
    const status: ChargeStatus = isLate ? 'pending' : GOOD.has(token) ? 'authorized' : 'declined';
    const charge = await this.#store.insert(key, token, status, amount, new Date(now + this.#delayMs));
    if (charge.status === 'pending') this.#notifyLater(key);
    return { status: charge.status };
  }

  async capture(charge: Charge): Promise<ProviderAnswer> {
    await this.#store.become(charge.key, 'authorized', 'captured');
    return this.status(charge);
  }

  async cancel(charge: Charge): Promise<ProviderAnswer> {
    await this.#store.become(charge.key, 'authorized', 'cancelled');
    return this.status(charge);
  }

  async status(charge: Pick<Charge, 'key'>): Promise<ProviderAnswer> {
    const known = await this.#store.find(charge.key);
    if (known === null) throw new Error('the test provider knows no such charge');
    if (known.status === 'pending' && known.decidedAt <= this.#clock.now()) {
      await this.#store.become(charge.key, 'pending', 'authorized');
      return this.status(charge);
    }
    return { status: known.status };
  }

  async refund({ key, charge, amount }: ProviderRefund): Promise<ProviderRefundStatus> {
    const now = this.#clock.now();
    const statusOf = (token: string): ProviderRefundStatus =>
      token === 'refund-later' ? 'pending' : token === 'refund-fails' ? 'failed' : 'succeeded';
    const decidedAt = new Date(now.getTime() + this.#delayMs);
    const refund = await this.#store.refund(key, charge.key, amount.amountMinor, statusOf, decidedAt);
    if (refund.status !== 'pending') return refund.status;
    if (refund.decidedAt > now) {
      this.#notifyLater(charge.key);
      return 'pending';
    }
    await this.#store.decideRefund(key);
    return 'succeeded';
  }

  readNotice(body: Buffer, signature: string): ProviderNotice | null {
    const [, seconds = '', mac = ''] = SIGNATURE.exec(signature) ?? [];
    if (mac === '' || !timingSafeEqual(Buffer.from(mac, 'hex'), this.#mac(seconds, body))) return null;
    if (Math.abs(this.#clock.now().getTime() - Number(seconds) * 1_000) > NOTICE_GOOD_MS) return null;
    const read = notice.safeParse(parsed(body));
    return read.success ? { eventId: read.data.id, key: read.data.charge } : null;
  }

  /** A notice as this provider sends it. */
  notice(key: string, eventId: string): { readonly body: Buffer; readonly signature: string } {
    const body = Buffer.from(JSON.stringify({ id: eventId, charge: key }));
    const seconds = String(Math.floor(this.#clock.now().getTime() / 1_000));
    return { body, signature: `t=${seconds},v1=${this.#mac(seconds, body).toString('hex')}` };
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #notifyLater(key: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const { body, signature } = this.notice(key, newId());
      this.#send(body, signature);
    }, this.#delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #mac(seconds: string, body: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${seconds}.`).update(body).digest();
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

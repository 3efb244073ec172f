import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import { z } from 'zod';
import type { Charge, ChargeStatus, PaymentProvider, ProviderAnswer, ProviderNotice } from './payment-provider.js';
import type { TestChargeStore } from './test-charge.store.js';

const DECIDES_AFTER_MS = 2_000;
/** A notice that is older is a replay. */
const NOTICE_GOOD_MS = 300_000;
const SIGNATURE = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/;
const notice = z.object({ id: z.string().min(1).max(200), charge: z.string().min(1).max(80) });

/**
 * A provider that moves no money and otherwise behaves like one: it keeps its books, knows a repetition by its key, and signs its notices the way
 * Stripe does (HMAC-SHA-256 over `<seconds>.<body>`). Its tokens: `ok`; `declined`; `later` is decided, well, after two seconds.
 */
export class TestProvider implements PaymentProvider {
  readonly name = 'test';
  readonly #store: TestChargeStore;
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** Takes a notice, as its public address does. */
  readonly #send: (body: Buffer, signature: string) => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(store: TestChargeStore, key: Uint8Array, clock: Clock, send: (body: Buffer, signature: string) => void) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
    this.#send = send;
  }

  async authorize({ key, token, amount }: Charge): Promise<ProviderAnswer> {
    const now = this.#clock.now().getTime();
    const isLate = token === 'later';
    const status: ChargeStatus = isLate ? 'pending' : token === 'ok' ? 'authorized' : 'declined';
    const charge = await this.#store.insert(key, status, amount.currencyCode, amount.amountMinor, new Date(now + DECIDES_AFTER_MS));
    if (charge.status === 'pending') this.#notifyLater(key);
    return { status: charge.status };
  }

  async capture(key: string): Promise<ProviderAnswer> {
    await this.#store.become(key, 'authorized', 'captured');
    return this.status(key);
  }

  async cancel(key: string): Promise<ProviderAnswer> {
    await this.#store.become(key, 'authorized', 'cancelled');
    return this.status(key);
  }

  async refund(key: string): Promise<ProviderAnswer> {
    await this.#store.become(key, 'captured', 'refunded');
    return this.status(key);
  }

  async status(key: string): Promise<ProviderAnswer> {
    const charge = await this.#store.find(key);
    if (charge === null) throw new Error('the test provider knows no such charge');
    if (charge.status === 'pending' && charge.decidedAt <= this.#clock.now()) {
      await this.#store.become(key, 'pending', 'authorized');
      return this.status(key);
    }
    return { status: charge.status };
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
    }, DECIDES_AFTER_MS);
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

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@plaza/kernel/clock';
import type { Logger } from '@plaza/telemetry/logger';
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
import { stripeAmount } from './stripe-amount.js';
import { PaymentIntent, type StripeClient, StripeRefund, StripeRefunds, StripeRefusal } from './stripe-client.js';

/** A notice that is older is a replay. */
const NOTICE_GOOD_MS = 300_000;
/** So long the buyer has for what is to be done elsewhere; then the charge is cancelled. */
const ACTION_GOOD_MS = 3_600_000;
const REFUNDS_A_PAGE = '100';

const STATUSES: Readonly<Record<string, ChargeStatus>> = {
  requires_confirmation: 'pending',
  requires_action: 'pending',
  processing: 'pending',
  requires_payment_method: 'declined',
  requires_capture: 'authorized',
  succeeded: 'captured',
  canceled: 'cancelled',
};
const REFUND_STATUSES: Readonly<Record<string, ProviderRefundStatus>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};
const Notice = z.object({
  id: z.string().min(1).max(200),
  data: z.object({ object: z.object({ metadata: z.record(z.string(), z.string()).nullish() }) }),
});

export interface StripeProviderParts {
  readonly client: StripeClient;
  /** Of the webhook: `whsec_…`. */
  readonly webhookSecret: string;
  /** Where a buyer comes back to who had to go elsewhere; null: nobody is sent elsewhere. */
  readonly returnUrl: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Stripe, by its PaymentIntents: put aside first (`capture_method=manual`), taken when the goods are held. A charge is one PaymentIntent, made under
 * our key; what it and its refunds belong to stands in their metadata.
 */
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly signatureHeader = 'stripe-signature';
  readonly #parts: StripeProviderParts;

  constructor(parts: StripeProviderParts) {
    this.#parts = parts;
  }

  async authorize(charge: Charge): Promise<ProviderAnswer> {
    const { client, returnUrl, logger } = this.#parts;
    const money = stripeAmount(charge.amount);
    if (money === null) return { status: 'declined' };
    try {
      const intent = await client.post(PaymentIntent, 'payment_intents', charge.key, {
        ...money,
        payment_method: charge.token,
        confirm: 'true',
        capture_method: 'manual',
        'automatic_payment_methods[enabled]': 'true',
        'metadata[plaza_payment]': charge.key,
        ...(returnUrl === null ? { 'automatic_payment_methods[allow_redirects]': 'never' } : { return_url: returnUrl }),
      });
      return this.#answer(intent);
    } catch (error) {
      if (!(error instanceof StripeRefusal) || !error.isFinal) throw error;
      if (error.type !== 'card_error') logger.warn({ err: error, paymentId: charge.key }, 'Stripe does not take a payment');
      return { status: 'declined', ...(error.intent === null ? {} : { reference: error.intent.id }) };
    }
  }

  async capture(charge: Charge): Promise<ProviderAnswer> {
    return this.#change(charge, 'capture');
  }

  async cancel(charge: Charge): Promise<ProviderAnswer> {
    return this.#change(charge, 'cancel');
  }

  async status(charge: Charge): Promise<ProviderAnswer> {
    const { client, clock } = this.#parts;
    const intent = await client.get(PaymentIntent, `payment_intents/${referenceOf(charge)}`);
    const isTooLate = intent.status === 'requires_action' && actionEnds(intent) <= clock.now();
    return isTooLate ? this.cancel(charge) : this.#answer(intent);
  }

  /** Looks for it first: Stripe forgets its keys after a day, and repeats an answer rather than telling how things stand now. */
  async refund({ key, charge, amount }: ProviderRefund): Promise<ProviderRefundStatus> {
    const reference = referenceOf(charge);
    const known = await this.#refundOf(reference, key);
    if (known !== null) return refundStatusOf(known);
    const money = stripeAmount(amount);
    if (money === null) return 'failed';
    try {
      const made = await this.#parts.client.post(StripeRefund, 'refunds', key, {
        payment_intent: reference,
        amount: money.amount,
        'metadata[plaza_refund]': key,
        'metadata[plaza_payment]': charge.key,
      });
      return refundStatusOf(made.status);
    } catch (error) {
      if (error instanceof StripeRefusal && error.isFinal) return 'failed';
      throw error;
    }
  }

  readNotice(body: Buffer, signature: string): ProviderNotice | null {
    const { webhookSecret, clock } = this.#parts;
    const fields = signature.split(',').map((field) => field.split('='));
    const seconds = fields.find(([name]) => name === 't')?.[1] ?? '';
    if (!/^\d{1,15}$/.test(seconds)) return null;
    const wanted = createHmac('sha256', webhookSecret).update(`${seconds}.`).update(body).digest();
    // While a secret is changed there are two signatures.
    const isSigned = fields.some(([name, mac = '']) => {
      const given = Buffer.from(mac, 'hex');
      return name === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
    if (!isSigned || Math.abs(clock.now().getTime() - Number(seconds) * 1_000) > NOTICE_GOOD_MS) return null;
    const read = Notice.safeParse(parsed(body));
    if (!read.success) return null;
    const key = z.uuid().safeParse(read.data.data.object.metadata?.['plaza_payment']);
    return { eventId: read.data.id, key: key.success ? key.data : null };
  }

  /** A change that is refused was made already, or cannot be made any more: how the charge stands tells. */
  async #change(charge: Charge, verb: 'capture' | 'cancel'): Promise<ProviderAnswer> {
    const { client } = this.#parts;
    const path = `payment_intents/${referenceOf(charge)}`;
    try {
      return this.#answer(await client.post(PaymentIntent, `${path}/${verb}`, `${charge.key}-${verb}`, {}));
    } catch (error) {
      if (!(error instanceof StripeRefusal) || !error.isFinal) throw error;
      return this.#answer(await client.get(PaymentIntent, path));
    }
  }

  #answer(intent: PaymentIntent): ProviderAnswer {
    const status = STATUSES[intent.status];
    if (status === undefined) throw new Error(`Stripe has a payment that is ${intent.status}`);
    const redirectUrl = intent.next_action?.redirect_to_url?.url;
    return {
      status,
      reference: intent.id,
      ...(redirectUrl === undefined || status !== 'pending' ? {} : { nextAction: { redirectUrl, expiresAt: actionEnds(intent) } }),
    };
  }

  async #refundOf(reference: string, key: string): Promise<string | null> {
    const { client } = this.#parts;
    let after: { readonly starting_after?: string } = {};
    for (;;) {
      const page = await client.get(StripeRefunds, 'refunds', { payment_intent: reference, limit: REFUNDS_A_PAGE, ...after });
      const found = page.data.find(({ metadata }) => metadata?.['plaza_refund'] === key);
      if (found !== undefined) return found.status ?? 'pending';
      const last = page.data.at(-1);
      if (!page.has_more || last === undefined) return null;
      after = { starting_after: last.id };
    }
  }
}

function referenceOf({ reference }: Charge): string {
  if (reference === null) throw new Error('Stripe has not told what it calls a payment');
  return encodeURIComponent(reference);
}

function refundStatusOf(status: string | null): ProviderRefundStatus {
  const known = REFUND_STATUSES[status ?? 'pending'];
  if (known === undefined) throw new Error(`Stripe has a refund that is ${status}`);
  return known;
}

const actionEnds = ({ created }: PaymentIntent): Date => new Date(created * 1_000 + ACTION_GOOD_MS);

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

import { z } from 'zod';

const VERSION = '2024-06-20';
/** An answer that takes longer is none: what came of it is asked later. */
const PATIENCE_MS = 10_000;

export const PaymentIntent = z.object({
  id: z.string().min(1).max(100),
  status: z.string(),
  /** Seconds. */
  created: z.number(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.string() }).nullish() }).nullish(),
});
export type PaymentIntent = z.infer<typeof PaymentIntent>;

export const StripeRefund = z.object({
  id: z.string(),
  status: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export const StripeRefunds = z.object({ data: z.array(StripeRefund), has_more: z.boolean() });

const Failure = z.object({ error: z.object({ type: z.string(), code: z.string().optional(), payment_intent: PaymentIntent.optional() }) });

/** Stripe has refused: nothing came of the request, but what `intent` says. */
export class StripeRefusal extends Error {
  /** Of HTTP. */
  readonly status: number;
  /** `card_error`, `invalid_request_error`, … */
  readonly type: string;
  readonly intent: PaymentIntent | null;

  constructor(status: number, type: string, code: string | undefined, intent: PaymentIntent | null) {
    super(`Stripe refused: ${type} ${code ?? ''}`.trimEnd());
    this.status = status;
    this.type = type;
    this.intent = intent;
  }

  /** Whether the same request would be refused again, and nothing of it was done. */
  get isFinal(): boolean {
    return this.type === 'card_error' || this.type === 'invalid_request_error';
  }
}

/** As much of Stripe's API as payments need: https://docs.stripe.com/api */
export class StripeClient {
  readonly #url: string;
  readonly #secretKey: string;

  /** @param url without a slash at its end: `https://api.stripe.com` */
  constructor(url: string, secretKey: string) {
    this.#url = url;
    this.#secretKey = secretKey;
  }

  async get<T extends z.ZodType>(answer: T, path: string, query: Readonly<Record<string, string>> = {}): Promise<z.output<T>> {
    const search = new URLSearchParams(query).toString();
    return this.#ask(answer, `${path}${search === '' ? '' : `?${search}`}`, { method: 'GET' });
  }

  /** @param key Stripe does this once for it, and answers a repetition as it did the first time */
  async post<T extends z.ZodType>(answer: T, path: string, key: string, form: Readonly<Record<string, string>>): Promise<z.output<T>> {
    return this.#ask(answer, path, {
      method: 'POST',
      headers: { 'idempotency-key': key, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  }

  /** @throws StripeRefusal, or anything else when it is unknown what came of it */
  async #ask<T extends z.ZodType>(answer: T, path: string, init: RequestInit): Promise<z.output<T>> {
    const response = await fetch(`${this.#url}/v1/${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.#secretKey}`, 'stripe-version': VERSION },
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    const body: unknown = await response.json();
    if (response.ok) return answer.parse(body);
    const failure = Failure.safeParse(body);
    if (!failure.success || response.status >= 500) throw new Error(`Stripe answered with ${response.status}`);
    const { type, code, payment_intent: intent } = failure.data.error;
    throw new StripeRefusal(response.status, type, code, intent ?? null);
  }
}

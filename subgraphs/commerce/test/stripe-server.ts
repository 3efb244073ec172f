import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  status: string;
  next_action: { readonly type: string; readonly redirect_to_url: { readonly url: string } } | null;
}

interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly payment_intent: string;
  readonly metadata: Readonly<Record<string, string>>;
  status: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What happens to a request on its way: done and answered; done, and the line cut before the answer; or answered with 500 and not done. */
export type Weather = 'fair' | 'cut' | 'broken';

/**
 * As much of Stripe as the provider asks of it: PaymentIntents and refunds with their states, a key that answers a repetition as the first time,
 * and notices signed as Stripe signs them. Payment methods: pm_card_visa, pm_card_declined, pm_card_later, pm_card_action; others are unknown.
 */
export class StripeServer {
  static readonly secretKey = 'sk_test_of_these_tests';
  static readonly webhookSecret = 'whsec_of_these_tests';
  readonly intents = new Map<string, Intent>();
  readonly refunds: Refund[] = [];
  /** Every request, as `POST /v1/…`. */
  readonly asked: string[] = [];
  /** What becomes of the next requests that change something. */
  readonly weather: Weather[] = [];
  /** How the next refunds begin. */
  readonly refundsBegin: string[] = [];
  readonly #replies = new Map<string, { readonly path: string; readonly form: string; readonly reply: Reply }>();
  readonly #server: Server;
  #made = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<StripeServer> {
    const stripe = new StripeServer();
    await new Promise<void>((resolve) => stripe.#server.listen(0, '127.0.0.1', resolve));
    return stripe;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on a port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The intent of one of our keys. */
  intentOf(key: string): Intent | undefined {
    return [...this.intents.values()].find(({ metadata }) => metadata['plaza_payment'] === key);
  }

  /** A notice about something, as Stripe sends it. */
  static notice(eventId: string, object: unknown, seconds = Math.floor(Date.now() / 1_000), secret = StripeServer.webhookSecret) {
    const body = Buffer.from(JSON.stringify({ id: eventId, object: 'event', type: 'payment_intent.succeeded', data: { object } }));
    const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
    return { body, signature: `t=${seconds},v1=${'0'.repeat(64)},v1=${mac},v0=${'0'.repeat(64)}` };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // a request streams buffers
    const form = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', this.url);
    this.asked.push(`${request.method} ${url.pathname}`);
    const weather = request.method === 'POST' ? (this.weather.shift() ?? 'fair') : 'fair';
    const reply =
      request.headers.authorization !== `Bearer ${StripeServer.secretKey}`
        ? failure(401, 'invalid_request_error', 'api_key_invalid')
        : weather === 'broken'
          ? { status: 500, body: { error: { type: 'api_error' } } }
          : request.method === 'GET'
            ? this.#read(url)
            : this.#once(String(request.headers['idempotency-key'] ?? ''), url.pathname, form);
    if (weather === 'cut') request.socket.destroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(reply.body));
  }

  #once(key: string, path: string, form: string): Reply {
    if (key === '') return failure(400, 'invalid_request_error', 'these tests want a key');
    const known = this.#replies.get(key);
    if (known !== undefined && (known.path !== path || known.form !== form))
      return failure(400, 'idempotency_error', 'idempotency_key_in_use');
    const reply = known?.reply ?? structuredClone(this.#change(path, new URLSearchParams(form)));
    this.#replies.set(key, { path, form, reply });
    return reply;
  }

  #read(url: URL): Reply {
    if (url.pathname === '/v1/refunds') {
      const all = this.refunds.filter(({ payment_intent: of }) => of === url.searchParams.get('payment_intent'));
      const from = all.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1;
      const data = all.slice(from, from + Number(url.searchParams.get('limit') ?? 10));
      return { status: 200, body: { object: 'list', data, has_more: from + data.length < all.length } };
    }
    const intent = this.intents.get(url.pathname.split('/')[3] ?? '');
    return intent === undefined ? failure(404, 'invalid_request_error', 'resource_missing') : { status: 200, body: intent };
  }

  #change(path: string, form: URLSearchParams): Reply {
    const [, , kind, id, verb] = path.split('/');
    if (kind === 'refunds') return this.#refund(form);
    if (id === undefined) return this.#create(form);
    const intent = this.intents.get(id);
    if (intent === undefined) return failure(404, 'invalid_request_error', 'resource_missing');
    const from =
      verb === 'capture' ? ['requires_capture'] : ['requires_capture', 'requires_action', 'requires_payment_method', 'processing'];
    if (!from.includes(intent.status)) return failure(400, 'invalid_request_error', 'payment_intent_unexpected_state', intent);
    intent.status = verb === 'capture' ? 'succeeded' : 'canceled';
    return { status: 200, body: intent };
  }

  #create(form: URLSearchParams): Reply {
    const method = form.get('payment_method') ?? '';
    const statuses: Readonly<Record<string, string>> = {
      pm_card_visa: 'requires_capture',
      pm_card_declined: 'requires_payment_method',
      pm_card_later: 'processing',
      pm_card_action: 'requires_action',
    };
    const status = statuses[method];
    if (status === undefined) return failure(400, 'invalid_request_error', 'resource_missing');
    const intent: Intent = {
      id: `pi_${(this.#made += 1)}`,
      object: 'payment_intent',
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      created: Math.floor(Date.now() / 1_000),
      metadata: metadataOf(form),
      status,
      next_action:
        status === 'requires_action' ? { type: 'redirect_to_url', redirect_to_url: { url: 'https://hooks.stripe.com/redirect' } } : null,
    };
    this.intents.set(intent.id, intent);
    return method === 'pm_card_declined' ? failure(402, 'card_error', 'card_declined', intent) : { status: 200, body: intent };
  }

  #refund(form: URLSearchParams): Reply {
    const intent = this.intents.get(form.get('payment_intent') ?? '');
    const amount = Number(form.get('amount'));
    const given = this.refunds.filter(({ payment_intent: of, status }) => of === intent?.id && status !== 'failed');
    const left = (intent?.amount ?? 0) - given.reduce((sum, refund) => sum + refund.amount, 0);
    if (intent?.status !== 'succeeded' || amount > left) return failure(400, 'invalid_request_error', 'charge_already_refunded');
    const status = this.refundsBegin.shift() ?? 'succeeded';
    const refund: Refund = {
      id: `re_${(this.#made += 1)}`,
      object: 'refund',
      amount,
      payment_intent: intent.id,
      metadata: metadataOf(form),
      status,
    };
    this.refunds.push(refund);
    return { status: 200, body: refund };
  }
}

const failure = (status: number, type: string, code: string, intent?: Intent): Reply => ({
  status,
  body: { error: { type, code, message: code, ...(intent === undefined ? {} : { payment_intent: intent }) } },
});

const metadataOf = (form: URLSearchParams): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...form].flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );

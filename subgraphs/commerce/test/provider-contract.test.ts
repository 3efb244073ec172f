import { newId } from '@plaza/kernel/id';
import { createLogger } from '@plaza/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { type Database, openDatabase } from '@plaza/db/database';
import type { Charge, PaymentProvider } from '../src/modules/payment/payment-provider.js';
import { stripeAmount } from '../src/modules/payment/stripe-amount.js';
import { StripeClient } from '../src/modules/payment/stripe-client.js';
import { StripeProvider } from '../src/modules/payment/stripe-provider.js';
import { TestChargeStore } from '../src/modules/payment/test-charge.store.js';
import { TestProvider } from '../src/modules/payment/test-provider.js';
import { StripeServer } from './stripe-server.js';

const clock = { now: () => new Date() };
const DELAY_MS = 3_600_000;

let databases: TestDatabases<'commerce'>;
let database: Database<unknown>;
let stripe: StripeServer;
let providers: Readonly<Record<'test' | 'stripe', PaymentProvider>>;

beforeAll(async () => {
  databases = await createDatabases(['commerce']);
  database = openDatabase({ url: databases.urls.commerce, poolSize: 5, prisma: () => ({ $disconnect: async () => {} }) });
  stripe = await StripeServer.start();
  const client = new StripeClient(stripe.url, StripeServer.secretKey);
  const { webhookSecret } = StripeServer;
  providers = {
    test: new TestProvider({
      store: new TestChargeStore(database),
      key: Buffer.alloc(32, 1),
      clock,
      delayMs: DELAY_MS,
      send: () => {},
    }),
    stripe: new StripeProvider({ client, webhookSecret, returnUrl: null, clock, logger: createLogger('silent', 'commerce') }),
  };
});
afterAll(async () => {
  await stripe.stop();
  await database.close();
  await databases.drop();
});

/** How each provider names the same means of payment. */
const TOKENS = {
  test: { good: 'ok', declined: 'declined', later: 'later' },
  stripe: { good: 'pm_card_visa', declined: 'pm_card_declined', later: 'pm_card_later' },
};

const charged = (token: string, amountMinor = '1000'): Charge => ({
  key: newId(),
  token,
  amount: { amountMinor, currencyCode: 'USD' },
  reference: null,
});

/** A charge after what the provider has answered. */
async function authorized(provider: PaymentProvider, charge: Charge) {
  const answer = await provider.authorize(charge);
  return { status: answer.status, charge: { ...charge, reference: answer.reference ?? null } };
}

describe.each(['test', 'stripe'] as const)('the provider %s', (name) => {
  const provider = (): PaymentProvider => providers[name];
  const tokens = TOKENS[name];
  const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' });

  it('puts money aside once for a key, however often it is asked', async () => {
    const charge = charged(tokens.good);
    const answers = await Promise.all([provider().authorize(charge), provider().authorize(charge), provider().authorize(charge)]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe('authorized');
  });

  it('says no as a value', async () => {
    expect((await provider().authorize(charged(tokens.declined))).status).toBe('declined');
    expect((await provider().authorize(charged('no such thing'))).status).toBe('declined');
  });

  it('may take its time', async () => {
    const { status, charge } = await authorized(provider(), charged(tokens.later));
    expect(status).toBe('pending');
    expect((await provider().status(charge)).status).toBe('pending');
  });

  it('takes what it has put aside, once, and cannot set it free after that', async () => {
    const { charge } = await authorized(provider(), charged(tokens.good));
    expect((await provider().capture(charge)).status).toBe('captured');
    expect((await provider().capture(charge)).status).toBe('captured');
    expect((await provider().cancel(charge)).status).toBe('captured');
    expect((await provider().status(charge)).status).toBe('captured');
  });

  it('sets free what it has put aside, and cannot take it after that', async () => {
    const { charge } = await authorized(provider(), charged(tokens.good));
    expect((await provider().cancel(charge)).status).toBe('cancelled');
    expect((await provider().cancel(charge)).status).toBe('cancelled');
    expect((await provider().capture(charge)).status).toBe('cancelled');
  });

  it('gives back in parts, each once for its key, and never more than was taken', async () => {
    const { charge } = await authorized(provider(), charged(tokens.good, '1000'));
    await provider().capture(charge);
    const first = { key: newId(), charge, amount: usd('600') };
    expect(await provider().refund(first)).toBe('succeeded');
    expect(await provider().refund(first)).toBe('succeeded');
    expect(await provider().refund({ key: newId(), charge, amount: usd('500') })).toBe('failed');
    expect(await provider().refund({ key: newId(), charge, amount: usd('400') })).toBe('succeeded');
    expect(await provider().refund({ key: newId(), charge, amount: usd('1') })).toBe('failed');
  });

  it('trusts no notice that it has not signed', () => {
    expect(provider().readNotice(Buffer.from('{}'), '')).toBeNull();
    expect(provider().readNotice(Buffer.from('{}'), `t=1,v1=${'0'.repeat(64)}`)).toBeNull();
  });
});

describe('Stripe', () => {
  const provider = (): PaymentProvider => providers.stripe;

  it('is asked again under the same key when the line is cut after it has done something', async () => {
    const charge = charged('pm_card_visa');
    stripe.weather.push('cut');
    await expect(provider().authorize(charge)).rejects.toThrow('fetch failed');
    const { status, charge: known } = await authorized(provider(), charge);
    expect(status).toBe('authorized');
    expect([...stripe.intents.values()].filter(({ metadata }) => metadata['plaza_payment'] === charge.key)).toHaveLength(1);
    stripe.weather.push('cut');
    await expect(provider().capture(known)).rejects.toThrow('fetch failed');
    expect((await provider().capture(known)).status).toBe('captured');
    const refund = { key: newId(), charge: known, amount: charge.amount };
    stripe.weather.push('cut');
    await expect(provider().refund(refund)).rejects.toThrow('fetch failed');
    expect(await provider().refund(refund)).toBe('succeeded');
    expect(stripe.refunds.filter(({ payment_intent: of }) => of === known.reference)).toHaveLength(1);
  });

  it('that answers with 500 leaves the outcome unknown', async () => {
    stripe.weather.push('broken');
    await expect(provider().authorize(charged('pm_card_visa'))).rejects.toThrow('500');
  });

  it('does not take another request under the key of one', async () => {
    const charge = charged('pm_card_visa');
    await provider().authorize(charge);
    await expect(provider().authorize({ ...charge, token: 'pm_card_later' })).rejects.toThrow('idempotency_error');
  });

  it('is told by a refund how it stands now, not how it began', async () => {
    const { charge } = await authorized(provider(), charged('pm_card_visa'));
    await provider().capture(charge);
    const refund = { key: newId(), charge, amount: charge.amount };
    stripe.refundsBegin.push('pending');
    expect(await provider().refund(refund)).toBe('pending');
    for (const known of stripe.refunds) if (known.metadata['plaza_refund'] === refund.key) known.status = 'failed';
    expect(await provider().refund(refund)).toBe('failed');
  });

  it('sends the buyer elsewhere for an hour, then it is cancelled', async () => {
    let now = new Date();
    const later = new StripeProvider({
      client: new StripeClient(stripe.url, StripeServer.secretKey),
      webhookSecret: StripeServer.webhookSecret,
      returnUrl: 'https://plaza.example/orders',
      clock: { now: () => now },
      logger: createLogger('silent', 'commerce'),
    });
    const charge = charged('pm_card_action');
    const answer = await later.authorize(charge);
    expect(answer).toMatchObject({ status: 'pending', nextAction: { redirectUrl: 'https://hooks.stripe.com/redirect' } });
    const known = { ...charge, reference: answer.reference ?? null };
    expect((await later.status(known)).status).toBe('pending');
    now = new Date(now.getTime() + 3_700_000);
    expect((await later.status(known)).status).toBe('cancelled');
  });

  it('reads a notice that is signed, and not one that is old, altered or signed by another', () => {
    const key = newId();
    const now = Math.floor(Date.now() / 1_000);
    const about = { object: 'payment_intent', metadata: { plaza_payment: key } };
    const read = ({ body, signature }: { readonly body: Buffer; readonly signature: string }) => provider().readNotice(body, signature);

    expect(read(StripeServer.notice('evt_1', about))).toEqual({ eventId: 'evt_1', key });
    expect(read(StripeServer.notice('evt_1', { object: 'customer' }))).toEqual({ eventId: 'evt_1', key: null });
    expect(read(StripeServer.notice('evt_1', { metadata: { plaza_payment: 'x' } }))).toEqual({ eventId: 'evt_1', key: null });
    expect(read(StripeServer.notice('evt_1', about, now - 600))).toBeNull();
    expect(read(StripeServer.notice('evt_1', about, now + 600))).toBeNull();
    expect(read(StripeServer.notice('evt_1', about, now, 'whsec_other'))).toBeNull();
    const good = StripeServer.notice('evt_1', about);
    expect(read({ ...good, body: Buffer.from(good.body.toString('utf8').replace('evt_1', 'evt_2')) })).toBeNull();
  });

  it.each([
    ['1250', 'USD', '1250'],
    ['95000', 'VND', '95000'],
    ['800', 'JPY', '800'],
    ['800', 'ISK', '80000'],
    ['1230', 'KWD', '1230'],
    ['1234', 'KWD', null],
  ])('%s of %s is %s', (amountMinor, currencyCode, amount) => {
    expect(stripeAmount({ amountMinor, currencyCode })?.amount ?? null).toBe(amount);
  });
});

import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface CommerceConfig {
  /** Connections to the database at most. */
  readonly poolSize: number;
  /** How long the goods of an order that is not paid are held. */
  readonly holdMs: number;
  /** What Plaza keeps of a sale, in hundredths of a percent. */
  readonly commissionBasisPoints: number;
  /** Whether the test provider takes payments: never in production. */
  readonly hasTestProvider: boolean;
  /** How long the test provider takes over what it puts off. */
  readonly testDelayMs: number;
  /** Null: Stripe takes no payments. */
  readonly stripe: StripeConfig | null;
}

/** Where Stripe is asked, and what is shared with it. */
export interface StripeConfig {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Where a buyer comes back to who had to go elsewhere; null: nobody is sent elsewhere. */
  readonly returnUrl: string | null;
}

const TEST_DELAY_MS = 2_000;

const Environment = z.object({
  PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
  PLAZA_CHECKOUT_HOLD_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  PLAZA_COMMISSION_BASIS_POINTS: z.coerce.number().int().min(0).max(5_000).default(500),
  PLAZA_PROFILE: z.string().default('demo'),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  STRIPE_API_URL: z.url().default('https://api.stripe.com'),
  STRIPE_RETURN_URL: z.url().optional(),
});

/** @throws ZodError naming the variable. @throws Error when Stripe has one secret and not the other */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): CommerceConfig {
  const read = Environment.parse(environment);
  return {
    poolSize: read.PLAZA_DATABASE_POOL,
    holdMs: read.PLAZA_CHECKOUT_HOLD_SECONDS * 1_000,
    commissionBasisPoints: read.PLAZA_COMMISSION_BASIS_POINTS,
    testDelayMs: TEST_DELAY_MS,
    stripe: stripeOf(read),
    hasTestProvider: read.PLAZA_PROFILE !== 'production',
  };
}

function stripeOf(read: z.output<typeof Environment>): StripeConfig | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = read;
  if (secretKey === undefined && webhookSecret === undefined) return null;
  if (secretKey === undefined || webhookSecret === undefined) throw new Error('STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together');
  return { apiUrl: read.STRIPE_API_URL.replace(/\/+$/, ''), secretKey, webhookSecret, returnUrl: read.STRIPE_RETURN_URL ?? null };
}

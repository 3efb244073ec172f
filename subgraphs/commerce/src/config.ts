import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface CommerceConfig {
  /** Connections to the database at most. */
  readonly poolSize: number;
  /** How long the goods of an order that is not paid are held. */
  readonly holdMs: number;
  /** Whether the test provider takes payments: never in production. */
  readonly hasTestProvider: boolean;
}

const Environment = z.object({
  PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
  PLAZA_CHECKOUT_HOLD_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  PLAZA_PROFILE: z.string().default('demo'),
});

/** @throws ZodError naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): CommerceConfig {
  const { PLAZA_DATABASE_POOL, PLAZA_CHECKOUT_HOLD_SECONDS, PLAZA_PROFILE } = Environment.parse(environment);
  return { poolSize: PLAZA_DATABASE_POOL, holdMs: PLAZA_CHECKOUT_HOLD_SECONDS * 1_000, hasTestProvider: PLAZA_PROFILE !== 'production' };
}

import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface MessagingConfig {
  /** Connections to the database at most. */
  readonly poolSize: number;
}

const Environment = z.object({ PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10) });

/** @throws ZodError naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): MessagingConfig {
  return { poolSize: Environment.parse(environment).PLAZA_DATABASE_POOL };
}

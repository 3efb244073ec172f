import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { LogLevel } from '@plaza/telemetry/logger';
import { z } from 'zod';

/** What the process of one subgraph is told. */
export interface ProcessConfig {
  readonly databaseUrl: string;
  /** A file with 64 hexadecimal digits. */
  readonly secretFile: string;
  /** Where every subgraph listens, this one too. */
  readonly ports: Readonly<Record<SubgraphName, string>>;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly logLevel: LogLevel;
  /** Where processes of a subgraph hear each other; undefined: within each. */
  readonly redisUrl: string | undefined;
}

const base = z.url({ protocol: /^http$/ });

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  PLAZA_INTERNAL_SECRET_FILE: z.string().min(1),
  PLAZA_PORTS: z
    .string()
    .transform((text, issues): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        issues.addIssue({ code: 'custom', message: 'must be JSON: {"accounts": "http://127.0.0.1:4101", …}' });
        return z.NEVER;
      }
    })
    .pipe(z.record(z.enum(SUBGRAPH_NAMES), base)),
  PLAZA_DATA_DIR: z.string().min(1),
  PLAZA_PUBLIC_URL: z.url(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
});

/** Reads the environment. @throws Error with one line that names the variable and not its value. */
export function readProcessConfig(environment: Readonly<Record<string, string | undefined>>): ProcessConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${String(issue?.path[0])} does not hold: ${issue?.message ?? ''}`);
  }
  const given = parsed.data;
  return {
    databaseUrl: given.DATABASE_URL,
    secretFile: given.PLAZA_INTERNAL_SECRET_FILE,
    ports: given.PLAZA_PORTS,
    dataDir: given.PLAZA_DATA_DIR,
    publicUrl: given.PLAZA_PUBLIC_URL.replace(/\/+$/, ''),
    logLevel: given.LOG_LEVEL,
    redisUrl: given.REDIS_URL,
  };
}

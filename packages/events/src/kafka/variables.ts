import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { KafkaCluster } from './client.js';

/** What is on, or a file of PEM certificates: its text. */
function tlsOf(value: string, context: z.RefinementCtx<string>): KafkaCluster['tls'] {
  if (value === 'off' || value === 'on') return value === 'on';
  try {
    return { ca: readFileSync(value, 'utf8') };
  } catch {
    context.addIssue({ code: 'custom', message: 'must be on, off or a file that can be read' });
    return z.NEVER;
  }
}

/** The variables that lead to a Kafka. Whoever reads them with others puts {@link loginIsWhole} after. */
export const KAFKA_VARIABLES = {
  /** `host:port`, several with commas between. */
  KAFKA_BROKERS: z
    .string()
    .regex(/^[\w.-]+:\d{1,5}(,\s*[\w.-]+:\d{1,5})*$/u, 'must be host:port, several with commas between')
    .transform((text): readonly string[] => text.split(',').map((broker) => broker.trim()))
    .optional(),
  /** As Kafka lets topics be called. */
  KAFKA_PREFIX: z
    .string()
    .regex(/^[\w-]{1,60}$/u, 'must be letters, digits, _ and -')
    .default('plaza'),
  KAFKA_TLS: z.string().default('off').transform(tlsOf),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: 'must be plain, scram-sha-256 or scram-sha-512' })
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
};

const Variables = z.object(KAFKA_VARIABLES);
type Variables = z.infer<typeof Variables>;

const LOGIN = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;

/** Of a login all three parts are there, or none. */
export function loginIsWhole(given: Variables, context: z.RefinementCtx): void {
  const missing = LOGIN.find((name) => given[name] === undefined);
  const alone = LOGIN.find((name) => given[name] !== undefined);
  if (missing === undefined || alone === undefined) return;
  context.addIssue({ code: 'custom', path: [alone], message: `must come with ${missing}` });
}

/** A Kafka, and what the names of this Plaza's topics and groups begin with. */
export interface KafkaAddress extends KafkaCluster {
  readonly prefix: string;
}

/** Undefined where no brokers are named. */
export function kafkaOf(given: Variables): KafkaAddress | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = given;
  if (given.KAFKA_BROKERS === undefined) return undefined;
  const login = mechanism === undefined || username === undefined || password === undefined ? undefined : { mechanism, username, password };
  return { brokers: given.KAFKA_BROKERS, prefix: given.KAFKA_PREFIX, tls: given.KAFKA_TLS, login };
}

/** Reads these variables alone. @throws Error with one line that names the one that does not hold, and not its value. */
export function readKafka(environment: Readonly<Record<string, string | undefined>>): KafkaAddress | undefined {
  const parsed = Variables.superRefine(loginIsWhole).safeParse(environment);
  if (parsed.success) return kafkaOf(parsed.data);
  const [issue] = parsed.error.issues;
  throw new Error(`${String(issue?.path[0])} ${issue?.message ?? 'does not hold'}`);
}

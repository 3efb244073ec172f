import { resolve } from 'node:path';
import { KAFKA_VARIABLES, type KafkaAddress, kafkaOf, loginIsWhole } from '@plaza/events/kafka/variables';
import { FAILPOINTS_VARIABLE } from '@plaza/kernel/failpoint';
import { redisUrl } from '@plaza/kernel/redis-url';
import { z } from 'zod';

/** What was set in the environment does not hold. The message is one line and names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .regex(/^\d{1,9}$/u, rule)
    .transform(Number)
    .refine((value) => value >= least && value <= most, rule);
};
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, { error: `must be ${values.join(' or ')}` });
const onOff = oneOf(['0', '1']).transform((value) => value === '1');

const Environment = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  PLAZA_HOST: z
    .string()
    .regex(/^[\w.:-]+$/u, 'must be a network address')
    .optional(),
  PLAZA_DATA_DIR: z.string().default('.plaza'),
  PLAZA_PROFILE: oneOf(['demo', 'production']).default('demo'),
  PLAZA_DEMO: onOff.optional(),
  PLAZA_PUBLIC_URL: z.url({ protocol: /^https?$/u, error: 'must be an address that begins with http:// or https://' }).optional(),
  LOG_LEVEL: oneOf(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
  PLAZA_INTERNAL_SECRET_FILE: z.string().optional(),
  PLAZA_SIGNING_KEY: z.string().optional(),
  REDIS_URL: redisUrl.optional(),
  ...KAFKA_VARIABLES,
  PLAZA_STOP_SECONDS: wholeNumber(1, 60).default(5),
});

/** How this installation runs. */
export interface Config {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly profile: 'demo' | 'production';
  /** Whether a new data folder is filled with demo people and posts. */
  readonly demo: boolean;
  /** Where clients reach the graph, without a slash at the end; undefined: http://localhost and the port. */
  readonly publicUrl: string | undefined;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Absolute; wins over the one in the data folder, and production wants it. */
  readonly internalSecretFile: string | undefined;
  /** How long open requests may take once a stop was asked for. */
  readonly drainMs: number;
  /** Where processes of a subgraph hear each other; undefined: within each. */
  readonly redisUrl: string | undefined;
  /** The Kafka by which events go; undefined: to the subgraphs' doors. */
  readonly kafka: KafkaAddress | undefined;
}

/** The names that this reads, with what they mean: for `--help`. */
export const VARIABLES: Readonly<Record<string, string>> = {
  PORT: 'where the graph is served; 0 takes any free one (4000)',
  PLAZA_HOST: 'the address to listen on (demo: 127.0.0.1; production: 0.0.0.0)',
  PLAZA_DATA_DIR: 'where everything is kept (.plaza)',
  PLAZA_PROFILE: 'demo or production (demo)',
  PLAZA_DEMO: '0: a new data folder stays without demo people and posts (1)',
  PLAZA_PUBLIC_URL: 'where clients reach the graph (http://localhost:PORT)',
  LOG_LEVEL: 'silent, error, warn, info or debug (warn)',
  PLAZA_INTERNAL_SECRET_FILE: 'a file with 32 bytes in hexadecimal digits, instead of the one made at the first start',
  PLAZA_SIGNING_KEY: 'a private EdDSA key as a JWK, instead of the one made at the first start',
  PLAZA_OPERATORS: 'handles of those who may look into the machine, with commas between (demo: anna; production: nobody)',
  PLAZA_SAFELIST: 'on: guests and people by Plaza’s own clients run trusted documents only (off)',
  SMTP_URL: 'the server that sends mail, smtp:// or smtps:// (without: kept in the folder mail of the data folder)',
  MAIL_FROM: 'who mail is from: Plaza <plaza@example.org>',
  REDIS_URL: 'where processes hear each other and count attempts together, redis:// or rediss:// (without: each by itself)',
  KAFKA_BROKERS: 'brokers of a Kafka by which events go, host:port with commas between (without: straight to the subgraphs)',
  KAFKA_TLS: 'on, or a file with the certificates (PEM) of who signed theirs: lines to the brokers are encrypted (off)',
  KAFKA_SASL_MECHANISM: 'how to log in there: plain, scram-sha-256 or scram-sha-512 (without: not at all)',
  KAFKA_SASL_USERNAME: 'as whom',
  KAFKA_SASL_PASSWORD: 'and the proof',
  KAFKA_PREFIX: 'before the names of its topics and groups (plaza)',
  S3_ENDPOINT: 'a server with a bucket for photos and videos, http:// or https:// (without: the folder media of the data folder)',
  S3_BUCKET: 'the bucket; made when it is not there (plaza)',
  S3_REGION: 'where it is (us-east-1)',
  S3_ACCESS_KEY: 'who may use it; with S3_ENDPOINT',
  S3_SECRET_KEY: 'and the proof; with S3_ENDPOINT',
  OPENSEARCH_URL: 'where search keeps its index, http:// or https:// (without: in the database)',
  OPENSEARCH_INDEX: 'what its index is called there; each Plaza has its own (plaza-search)',
  PLAZA_STOP_SECONDS: 'how long open requests may take at a stop (5)',
};

/**
 * Read the configuration out of an environment; what is empty counts as not set.
 * @throws ConfigError with one line that names the first variable that does not hold.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.superRefine(loginIsWhole).safeParse(set);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    throw new ConfigError(`${name} ${issue?.message ?? 'is wrong'}, not "${secretive(name, set[name])}"`);
  }
  const given = parsed.data;
  const production = given.PLAZA_PROFILE === 'production';
  if (production && set[FAILPOINTS_VARIABLE] !== undefined)
    throw new ConfigError(`${FAILPOINTS_VARIABLE} is refused with PLAZA_PROFILE=production`);
  if (production && given.PLAZA_DEMO === true) throw new ConfigError('PLAZA_DEMO must be 0 with PLAZA_PROFILE=production');
  for (const name of ['PLAZA_INTERNAL_SECRET_FILE', 'PLAZA_SIGNING_KEY'] as const) {
    if (production && given[name] === undefined) throw new ConfigError(`${name} must be set with PLAZA_PROFILE=production`);
  }
  return {
    port: given.PORT,
    host: given.PLAZA_HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    dataDir: resolve(given.PLAZA_DATA_DIR),
    profile: given.PLAZA_PROFILE,
    demo: given.PLAZA_DEMO ?? !production,
    publicUrl: given.PLAZA_PUBLIC_URL?.replace(/\/+$/u, ''),
    logLevel: given.LOG_LEVEL,
    internalSecretFile: given.PLAZA_INTERNAL_SECRET_FILE === undefined ? undefined : resolve(given.PLAZA_INTERNAL_SECRET_FILE),
    drainMs: given.PLAZA_STOP_SECONDS * 1000,
    redisUrl: given.REDIS_URL,
    kafka: kafkaOf(given),
  };
}

const secretive = (name: string, value: string | undefined): string =>
  ['PLAZA_SIGNING_KEY', 'REDIS_URL', 'KAFKA_SASL_PASSWORD'].includes(name) ? '…' : (value ?? '');

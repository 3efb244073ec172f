import { redisUrl } from '@plaza/kernel/redis-url';
import { type Addresses, addresses } from '@plaza/subgraph/addresses';
import type { LogLevel } from '@plaza/telemetry/logger';
import { z } from 'zod';
import { ENGINE_NAMES, type EngineName } from './engine/create-engine.js';
import { DEFAULT_LIMITS, type Limits } from './limits/limits.js';
import { DEFAULT_PATIENCE, type Patience } from './subgraphs/patience.js';

/** How a gateway behaves, wherever it runs. */
export interface GatewayConfig {
  readonly profile: 'demo' | 'production';
  readonly engine: EngineName;
  readonly limits: Limits;
  /** Whether only trusted documents run, of guests and of people by Plaza's own clients. */
  readonly safelist: boolean;
  readonly patience: Partial<Patience>;
  /** Undefined: every site. */
  readonly corsOrigins: readonly string[] | undefined;
  readonly trustedProxies: number;
  /** Undefined: the committed schema/. */
  readonly schemaFolder: string | undefined;
  /** Where plans of trusted documents are kept from one start to the next; undefined: nowhere. */
  readonly plansFolder: string | undefined;
  /** Where all gateways count requests together; undefined: each by itself. */
  readonly redisUrl: string | undefined;
}

/** What the gateway's own process is told besides. */
export interface GatewayProcessConfig extends GatewayConfig {
  readonly port: number;
  readonly host: string;
  /** A file with 64 hexadecimal digits. */
  readonly secretFile: string;
  /** Where every subgraph listens. */
  readonly ports: Addresses;
  readonly logLevel: LogLevel;
  /** How long it still takes requests after it has said that it leaves: longer than whoever stands before it takes to look. */
  readonly leaveMs: number;
  readonly drainMs: number;
}

/** Of an account's requests so many may be of kinds that were never planned: programs ask the same again and again. */
const NEW_PLANS = 0.1;

const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/u, rule)
    .transform(Number)
    .refine((value) => value >= least && value <= most, rule);
};
const perMinute = (usual: number) => wholeNumber(0, 100_000_000).default(usual);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, { error: `must be ${values.join(' or ')}` });

const Behaviour = z.object({
  PLAZA_PROFILE: oneOf(['demo', 'production']).default('demo'),
  GATEWAY_ENGINE: oneOf(ENGINE_NAMES).default('plaza'),
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ADDRESS: perMinute(DEFAULT_LIMITS.rate.address.requests),
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: perMinute(DEFAULT_LIMITS.rate.account.requests),
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_APP: perMinute(DEFAULT_LIMITS.rate.apps?.requests ?? 0),
  PLAZA_LIMIT_COST_BY_APP: wholeNumber(1, 100_000_000).default(DEFAULT_LIMITS.costOfApps),
  PLAZA_SAFELIST: oneOf(['on', 'off']).default('off'),
  PLAZA_LIMIT_COST: wholeNumber(1, 100_000_000).default(DEFAULT_LIMITS.cost),
  PLAZA_LIMIT_READ_MS: wholeNumber(100, 60_000).default(DEFAULT_PATIENCE.readMs),
  PLAZA_LIMIT_WRITE_MS: wholeNumber(100, 60_000).default(DEFAULT_PATIENCE.writeMs),
  PLAZA_CORS_ORIGINS: z
    .string()
    .regex(/^https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*$/u, 'must be origins with commas between: https://a.example,https://b.example')
    .transform((text) => text.split(','))
    .optional(),
  PLAZA_TRUSTED_PROXIES: wholeNumber(0, 10).default(0),
  PLAZA_SCHEMA_DIR: z.string().optional(),
  PLAZA_PLANS_DIR: z.string().optional(),
  REDIS_URL: redisUrl.optional(),
});

const Process = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  PLAZA_HOST: z.string().default('127.0.0.1'),
  PLAZA_INTERNAL_SECRET_FILE: z.string({ error: 'must name the file of the internal secret' }).min(1),
  PLAZA_PORTS: addresses,
  LOG_LEVEL: oneOf(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
  PLAZA_LEAVE_SECONDS: wholeNumber(0, 60).default(0),
  PLAZA_STOP_SECONDS: wholeNumber(1, 60).default(5),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the part of the environment that holds wherever the gateway runs. @throws Error with one line that names the variable, not its value */
export function readConfig(environment: Environment): GatewayConfig {
  const given = read(Behaviour, environment);
  const rate = {
    address: { requests: given.PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ADDRESS, seconds: 60 },
    account: { requests: given.PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT, seconds: 60 },
    apps: { requests: given.PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_APP, seconds: 60 },
    newPlans: { requests: Math.ceil(given.PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT * NEW_PLANS), seconds: 60 },
  };
  return {
    profile: given.PLAZA_PROFILE,
    engine: given.GATEWAY_ENGINE,
    limits: { ...DEFAULT_LIMITS, cost: given.PLAZA_LIMIT_COST, costOfApps: given.PLAZA_LIMIT_COST_BY_APP, rate },
    safelist: given.PLAZA_SAFELIST === 'on',
    patience: { readMs: given.PLAZA_LIMIT_READ_MS, writeMs: given.PLAZA_LIMIT_WRITE_MS },
    corsOrigins: given.PLAZA_CORS_ORIGINS,
    trustedProxies: given.PLAZA_TRUSTED_PROXIES,
    schemaFolder: given.PLAZA_SCHEMA_DIR,
    plansFolder: given.PLAZA_PLANS_DIR,
    redisUrl: given.REDIS_URL,
  };
}

/** Reads the whole environment of the gateway's own process. @throws Error as {@link readConfig} */
export function readProcessConfig(environment: Environment): GatewayProcessConfig {
  const given = read(Process, environment);
  return {
    ...readConfig(environment),
    port: given.PORT,
    host: given.PLAZA_HOST,
    secretFile: given.PLAZA_INTERNAL_SECRET_FILE,
    ports: given.PLAZA_PORTS,
    logLevel: given.LOG_LEVEL,
    leaveMs: given.PLAZA_LEAVE_SECONDS * 1000,
    drainMs: given.PLAZA_STOP_SECONDS * 1000,
  };
}

function read<Shape extends z.ZodType>(shape: Shape, environment: Environment): z.output<Shape> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = shape.safeParse(set);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${String(issue?.path[0])} ${issue?.message ?? 'does not hold'}`);
}

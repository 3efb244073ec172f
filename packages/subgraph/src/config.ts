import { KAFKA_VARIABLES, type KafkaAddress, kafkaOf, loginIsWhole } from '@plaza/events/kafka/variables';
import { redisUrl } from '@plaza/kernel/redis-url';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { LogLevel } from '@plaza/telemetry/logger';
import { z } from 'zod';
import { type Addresses, addresses } from './addresses.js';

/** What the process of one subgraph is told. */
export interface ProcessConfig {
  readonly databaseUrl: string;
  /** A server that follows that one. */
  readonly databaseReplicaUrl: string | undefined;
  /** Connections at most; undefined: the subgraph's own default. */
  readonly poolSize: number | undefined;
  /** A file with 64 hexadecimal digits. */
  readonly secretFile: string;
  /** Where every subgraph listens, this one too. */
  readonly ports: Addresses;
  /** Where this process listens: one of its subgraph's addresses. */
  readonly listen: string;
  /** How long it still takes requests after it has said that it leaves: longer than others go by what it said before (copies-port.ts). */
  readonly leaveMs: number;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly logLevel: LogLevel;
  /** Where processes of a subgraph hear each other; undefined: within each. */
  readonly redisUrl: string | undefined;
  /** The Kafka by which events go; undefined: to the subgraphs' doors. */
  readonly kafka: KafkaAddress | undefined;
}

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_REPLICA_URL: z.string().min(1).optional(),
  PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).optional(),
  PLAZA_INTERNAL_SECRET_FILE: z.string().min(1),
  PLAZA_PORTS: addresses,
  PLAZA_LISTEN: z.url({ protocol: /^http$/ }).optional(),
  PLAZA_LEAVE_SECONDS: z.coerce.number().min(0).max(60).default(0),
  PLAZA_DATA_DIR: z.string().min(1),
  PLAZA_PUBLIC_URL: z.url(),
  REDIS_URL: redisUrl.optional(),
  ...KAFKA_VARIABLES,
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
});

/** Reads the environment of a process of `name`. @throws Error with one line that names the variable and not its value. */
export function readProcessConfig(name: SubgraphName, environment: Readonly<Record<string, string | undefined>>): ProcessConfig {
  const parsed = Environment.superRefine(loginIsWhole).safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${String(issue?.path[0])} does not hold: ${issue?.message ?? ''}`);
  }
  const given = parsed.data;
  const own = given.PLAZA_PORTS[name];
  const listen = given.PLAZA_LISTEN ?? (own.length === 1 ? own[0] : undefined);
  if (given.DATABASE_REPLICA_URL !== undefined && own.length > 1 && given.REDIS_URL === undefined)
    throw new Error('DATABASE_REPLICA_URL needs REDIS_URL where there are several copies: they must know who has written');
  if (listen === undefined) throw new Error(`PLAZA_LISTEN must say which of the ${own.length} copies of ${name} this is`);
  return {
    databaseUrl: given.DATABASE_URL,
    databaseReplicaUrl: given.DATABASE_REPLICA_URL,
    poolSize: given.PLAZA_DATABASE_POOL,
    secretFile: given.PLAZA_INTERNAL_SECRET_FILE,
    ports: given.PLAZA_PORTS,
    listen,
    leaveMs: given.PLAZA_LEAVE_SECONDS * 1_000,
    dataDir: given.PLAZA_DATA_DIR,
    publicUrl: given.PLAZA_PUBLIC_URL.replace(/\/+$/, ''),
    logLevel: given.LOG_LEVEL,
    redisUrl: given.REDIS_URL,
    kafka: kafkaOf(given),
  };
}

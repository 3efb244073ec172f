import { join } from 'node:path';
import { PROGRAMS } from '@plaza/embedded/programs';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { DatabasePlace } from './databases.js';
import type { Member } from './fleet.js';

/** So long a process that was told to stop still takes requests: until the edge (fall 3, every 200 ms) and the copies' callers (a second) know. */
const LEAVE_SECONDS = 3;
/** Of each process. Copies share what one PostgreSQL has (100 to 200), and a process that waits for its database needs few. */
const CONNECTIONS = 6;
const DRAIN_MS = 8_000;

/** What the members are made of. */
export interface FleetPlan {
  readonly replicas: number;
  readonly gateways: number;
  /** Ports that nobody has: one for each copy, then one for each gateway. */
  readonly numbers: readonly number[];
  readonly databases: Readonly<Record<SubgraphName, DatabasePlace>>;
  /** What every process reads. */
  readonly shared: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
}

/** How many ports a fleet takes. */
export const portCount = ({ replicas, gateways }: Pick<FleetPlan, 'replicas' | 'gateways'>): number =>
  SUBGRAPH_NAMES.length * replicas + gateways;

/** Every copy of every subgraph, then the gateways: the order in which they start, and are restarted. */
export function membersOf({ replicas, gateways, numbers, databases, shared, dataDir }: FleetPlan): readonly Member[] {
  const baseOf = (index: number): string => `http://127.0.0.1:${String(numbers[index])}`;
  const copies = SUBGRAPH_NAMES.flatMap((name, i) =>
    Array.from({ length: replicas }, (_none, copy) => ({ name, copy: copy + 1, base: baseOf(i * replicas + copy) })),
  );
  const addresses = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [name, copies.filter((copy) => copy.name === name).map(({ base }) => base)]),
  );
  const common = { ...shared, PLAZA_PORTS: JSON.stringify(addresses), PLAZA_LEAVE_SECONDS: String(LEAVE_SECONDS), PLAZA_HOST: '127.0.0.1' };
  const stopMs = LEAVE_SECONDS * 1_000 + DRAIN_MS;
  const subgraphs = copies.map(({ name, copy, base }): Member => {
    const { url, replicaUrl } = databases[name];
    const own = {
      PLAZA_LISTEN: base,
      DATABASE_URL: url,
      DATABASE_REPLICA_URL: replicaUrl,
      PLAZA_DATABASE_POOL: shared['PLAZA_DATABASE_POOL'] ?? String(CONNECTIONS),
    };
    return {
      name: `${name}-${String(copy)}`,
      program: PROGRAMS[name],
      env: { ...common, ...own },
      base,
      isServing: async () => answers(`${base}/health/ready`),
      stopMs,
      // Callers look for themselves.
      isBehindEdge: false,
    };
  });
  const doors = Array.from({ length: gateways }, (_none, i): Member => {
    const port = numbers[copies.length + i];
    const base = `http://127.0.0.1:${String(port)}`;
    const own = { PORT: String(port), PLAZA_TRUSTED_PROXIES: '1', PLAZA_PLANS_DIR: join(dataDir, `plans-${String(i + 1)}`) };
    return {
      name: `gateway-${String(i + 1)}`,
      program: PROGRAMS.gateway,
      env: { ...common, ...own },
      base,
      isServing: async () => answers(`${base}/health/ready`),
      stopMs,
      isBehindEdge: true,
    };
  });
  return [...subgraphs, ...doors];
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}

import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { readProcessConfig as readGatewayConfig } from '@plaza/gateway/config';
import { readProcessConfig } from '@plaza/subgraph/config';
import { describe, expect, it } from 'vitest';
import { databasesFrom } from './databases.js';
import { membersOf, portCount } from './members.js';
import { readOptions } from './options.js';

const shared = {
  PLAZA_INTERNAL_SECRET_FILE: 'secret',
  PLAZA_DATA_DIR: 'data',
  PLAZA_PUBLIC_URL: 'https://localhost',
  REDIS_URL: 'redis://127.0.0.1',
};
const servers = {
  POSTGRES_URL: 'postgresql://plaza:word@127.0.0.1:5432/postgres',
  POSTGRES_REPLICA_URL: 'postgresql://plaza:word@127.0.0.1:5433/postgres',
};

function fleetOf(size: { readonly replicas: number; readonly gateways: number }) {
  const numbers = Array.from({ length: portCount(size) }, (_none, i) => 5_000 + i);
  return membersOf({ ...size, numbers, databases: databasesFrom(servers), shared, dataDir: 'data' });
}

describe('a fleet', () => {
  it('has every subgraph and the gateway as often as was asked for, each on a port of its own', () => {
    const members = fleetOf({ replicas: 3, gateways: 2 });
    expect(members).toHaveLength(SUBGRAPH_NAMES.length * 3 + 2);
    expect(new Set(members.map(({ base }) => base)).size).toBe(members.length);
    expect(members.filter(({ name }) => name.startsWith('feed-')).map(({ name }) => name)).toEqual(['feed-1', 'feed-2', 'feed-3']);
  });

  it('tells each copy where it listens, and everybody where all copies do', () => {
    const members = fleetOf({ replicas: 2, gateways: 1 });
    for (const name of SUBGRAPH_NAMES) {
      const copies = members.filter((member) => member.name.startsWith(`${name}-`));
      for (const copy of copies) {
        const config = readProcessConfig(name, copy.env);
        expect(config.listen).toBe(copy.base);
        expect(config.ports[name]).toEqual(copies.map(({ base }) => base));
        expect(config.databaseUrl).toBe(`postgresql://plaza:word@127.0.0.1:5432/plaza_${name}`);
        expect(config.databaseReplicaUrl).toBe(`postgresql://plaza:word@127.0.0.1:5433/plaza_${name}`);
        expect(config.leaveMs).toBeGreaterThan(1_000);
      }
    }
    const gateway = members.find(({ name }) => name === 'gateway-1');
    expect(readGatewayConfig(gateway?.env ?? {})).toMatchObject({ trustedProxies: 1, redisUrl: 'redis://127.0.0.1' });
  });

  it('is as large as the command line says, twice each where it says nothing', () => {
    expect(readOptions([])).toEqual({ replicas: 2, gateways: 2, cdn: false });
    expect(readOptions(['--replicas', '1', '--gateways', '3', '--cdn'])).toEqual({ replicas: 1, gateways: 3, cdn: true });
    expect(() => readOptions(['--replicas', '0'])).toThrow('--replicas must be a whole number from 1 to 8');
  });
});

describe('the databases of a fleet', () => {
  it('may each be somewhere else', () => {
    const elsewhere = {
      ...servers,
      DATABASE_URL_FEED: 'postgresql://feed.example/feed',
      DATABASE_REPLICA_URL_FEED: 'postgresql://near.example/feed',
    };
    expect(databasesFrom(elsewhere).feed).toEqual({ url: 'postgresql://feed.example/feed', replicaUrl: 'postgresql://near.example/feed' });
  });

  it('must be somewhere', () => {
    expect(() => databasesFrom({})).toThrow('POSTGRES_URL or DATABASE_URL_ACCOUNTS must be set');
  });
});

describe('a copy of a subgraph', () => {
  const env = {
    ...shared,
    DATABASE_URL: 'postgresql://x/y',
    PLAZA_PORTS: JSON.stringify(Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, ['http://127.0.0.1:1', 'http://127.0.0.1:2']]))),
  };

  it('must be told which of them it is', () => {
    expect(() => readProcessConfig('feed', env)).toThrow('PLAZA_LISTEN must say which of the 2 copies of feed this is');
  });

  it('reads from no replica without a Redis to know who has written', () => {
    expect(() =>
      readProcessConfig('feed', {
        ...env,
        REDIS_URL: undefined,
        PLAZA_LISTEN: 'http://127.0.0.1:1',
        DATABASE_REPLICA_URL: 'postgresql://x/z',
      }),
    ).toThrow('DATABASE_REPLICA_URL needs REDIS_URL');
  });
});

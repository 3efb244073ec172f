import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDatabase } from '@plaza/db/database';
import { Outbox } from '@plaza/events/outbox';
import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SessionService } from '../src/modules/session/session.service.js';
import { SessionStore } from '../src/modules/session/session.store.js';
import { UserStore } from '../src/modules/user/user.store.js';
import { type AccountsUnderTest, at, openAccounts, type Person } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;
let server: Server;
let origin: string;
let grant: (person: Person, name: string) => Promise<string>;
let closeDatabase: () => Promise<void>;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts, { appLimits: { registeredPerAddress: 2, askedPerAddress: 3 } });
  server = createServer(express().use('/accounts', accounts.running.routes ?? express.Router())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/accounts/oauth`; // it listens on a port, not on a pipe

  const database = openDatabase({ url: databases.urls.accounts, prisma: () => ({ $disconnect: async () => {} }) });
  closeDatabase = () => database.close();
  const sessions = new SessionService({
    database,
    outbox: new Outbox(() => undefined),
    sessions: new SessionStore(database),
    users: new UserStore(database),
    clock: { now: () => new Date() },
    secret: new Uint8Array(32),
    config: { accessTokenSeconds: 600, sessionDays: 30, operators: [] },
  } as unknown as ConstructorParameters<typeof SessionService>[0]); // tokens are none of a grant's
  grant = (person, name) => database.transaction((tx) => sessions.openForApp(tx, person.id, { id: newId(), name }));
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await closeDatabase();
  await accounts.close();
  await databases.drop();
});

const devices = async (as: Person) =>
  at<readonly { readonly device: string; readonly isApp: boolean }[]>(
    await accounts.ask('{ me { sessions { device isApp } } }', {}, { as }),
    'me.sessions',
  );

describe('what somebody lets act for them', () => {
  it('takes no place of their own sessions, and their own take none of its', async () => {
    const anna = await accounts.newPerson('anna');
    for (let n = 0; n < 21; n += 1) await grant(anna, `app ${n}`);
    for (let n = 0; n < 20; n += 1) await accounts.login('anna', 'correct horse', { userAgent: `device ${n}` });

    const held = await devices(anna);
    const namesOf = (isApp: boolean): readonly string[] => held.filter((one) => one.isApp === isApp).map(({ device }) => device);
    expect(namesOf(true)).toHaveLength(20);
    expect(namesOf(true)).not.toContain('app 0');
    expect(namesOf(false)).toHaveLength(20);
    expect(namesOf(false)).not.toContain('test');
  });
});

describe('an address', () => {
  const send = (path: string, address: string, body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(`${origin}${path}`, { method: 'POST', headers: { 'content-type': type, 'x-plaza-address': address }, body });

  it.each(['/token', '/revoke', '/authorize'])(
    'may ask so often at %s, whatever it is told, and then is told when to come again',
    async (path) => {
      const address = `2001:db8:${path.length}::1`;
      const statuses: number[] = [];
      for (let n = 0; n < 3; n += 1) statuses.push((await send(path, address, 'grant_type=refresh_token&refresh_token=x')).status);
      expect(statuses).not.toContain(429);

      const refused = await send(path, address, 'grant_type=refresh_token&refresh_token=x');
      expect([refused.status, await refused.json()]).toEqual([
        429,
        { error: 'slow_down', error_description: 'Too many attempts. Try again later.' },
      ]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await send(path, '198.51.100.1', '')).status).not.toBe(429);
    },
  );

  it('may register so many apps', async () => {
    const register = () =>
      send('/register', '203.0.113.1', JSON.stringify({ redirect_uris: ['https://app.example/'] }), 'application/json');
    expect([await register(), await register(), await register()].map(({ status }) => status)).toEqual([201, 201, 429]);
  });
});

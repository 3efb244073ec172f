import { createDatabases } from '@plaza/testing/databases';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { type AccountsUnderTest, at, openAccounts } from './accounts-under-test.js';

let accounts: AccountsUnderTest;
let drop: () => Promise<void>;
beforeAll(async () => {
  const databases = await createDatabases(['accounts']);
  drop = databases.drop;
  accounts = await openAccounts(databases.urls.accounts, { operators: ['olga'] });
});
afterAll(async () => {
  await accounts.close();
  await drop();
});

const scopeOf = (token: string): unknown => decodeJwt(token)['scope'];

it('gives the scope of operators to those whom the configuration names, at every way in', async () => {
  const olga = await accounts.newPerson('olga');
  expect(scopeOf(olga.accessToken)).toBe('full plaza:operator');
  expect(scopeOf(at(await accounts.login('olga'), 'login.session.accessToken'))).toBe('full plaza:operator');
  expect(scopeOf(at(await accounts.refresh(olga.refreshToken, 'some-key-1'), 'refreshSession.session.accessToken'))).toBe(
    'full plaza:operator',
  );
});

it('gives it to nobody else', async () => {
  expect(scopeOf((await accounts.newPerson('olga_2')).accessToken)).toBe('full');
});

it('reads their handles from the environment; by default there is none', () => {
  expect(readConfig({}).operators).toEqual([]);
  expect(readConfig({ PLAZA_OPERATORS: ' @Anna, binh  chen,' }).operators).toEqual(['anna', 'binh', 'chen']);
});

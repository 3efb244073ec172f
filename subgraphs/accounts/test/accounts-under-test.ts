import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assertions, type ViewerClaims } from '@plaza/auth/assertion';
import { CallClient } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import type { CallContract } from '@plaza/calls/call-contract';
import { ownMedia } from '@plaza/calls/contracts/content.calls';
import { relations } from '@plaza/calls/contracts/social.calls';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { openDatabase } from '@plaza/db/database';
import type { Sql } from '@plaza/db/sql';
import type { EventEnvelope } from '@plaza/events/envelope';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { fromTypeId } from '@plaza/kernel/type-id';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { createLogger } from '@plaza/telemetry/logger';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import { decodeJwt } from 'jose';
import type { z } from 'zod';
import type { AccountsConfig } from '../src/config.js';
import { startAccounts } from '../src/server.js';

/** Hashes in a millisecond and lets anybody try as often as they like. */
export const FAST: Partial<AccountsConfig> = {
  argon2: { memoryKib: 8, passes: 1 },
  hashing: { parallel: 4, waiting: 5_000 },
  limits: { registerPerAddress: 1e6, loginPerAddress: 1e6, loginPerName: 1e6, refreshPerAddress: 1e6 },
  mailLimits: { perAddress: 1e6, perName: 1e6 },
  appLimits: { registeredPerAddress: 1e6, askedPerAddress: 1e6 },
  linkVerifier: { verify: async () => false },
};

/** Somebody who is signed in. */
export interface Person {
  readonly id: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Door {
  readonly as?: Pick<Person, 'id' | 'sessionId'> | null;
  readonly address?: string | null;
  readonly userAgent?: string | null;
}

/** What an answer holds: looked into freely, as a client does. */
export type Answer = { readonly data: Record<string, never>; readonly errors: readonly { readonly extensions: Record<string, unknown> }[] };

let people = 0;

/** The subgraph behind its door, on a database of its own; the rooms that it asks are tiny and say what the test tells them. */
export async function openAccounts(databaseUrl: string, options: Partial<AccountsConfig> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'plaza-accounts-'));
  const secret = randomBytes(32);
  const assertions = new Assertions(secret);
  const time = { offset: 0 };
  const world = { relations: new Map<string, Relation>(), media: new Map<string, string>(), isSocialUp: true, asked: 0 };
  const delivered: EventEnvelope[] = [];

  const port = (name: SubgraphName, call: SubgraphPort['call']): SubgraphPort => ({
    name,
    execute: () => Promise.reject(new Error('not asked in these tests')),
    subscribe: () => Promise.reject(new Error('not asked in these tests')),
    call,
    deliver: async (events) => void delivered.push(...events),
    ready: async () => true,
  });
  const social = port('social', async (call, input) => {
    if (!world.isSocialUp) throw new Error('away');
    world.asked += 1;
    const { userId, otherIds } = relations.input.parse(input);
    const found = otherIds.flatMap((otherId) => ({ ...(world.relations.get(`${userId} ${otherId}`) ?? STRANGERS), otherId }));
    return { relations: found };
  });
  const content = port('content', async (call, input, assertion) => {
    const { viewer } = assertions.verify(assertion, 'content', assertionBody.call(call, input));
    const { mediaIds } = ownMedia.input.parse(input);
    return { mediaIds: mediaIds.filter((id) => world.media.get(id) === viewer?.id) };
  });
  const ports = (name: SubgraphName): SubgraphPort | undefined => (name === 'social' ? social : name === 'content' ? content : undefined);

  const start = () =>
    startAccounts(
      {
        databaseUrl,
        secret,
        assertions,
        calls: new CallClient('accounts', assertions, ports),
        people: new PeopleCache(),
        bus: new InProcessBus(),
        events: doorBus,
        ports,
        clock: { now: () => new Date(Date.now() + time.offset) },
        logger: createLogger('silent', 'accounts'),
        dataDir,
        publicUrl: 'https://plaza.test',
      },
      { ...FAST, ...options },
    );
  const running = await start();
  const database = openDatabase({ url: databaseUrl, prisma: () => ({ $disconnect: async () => {} }) });
  await outboxIsSettled(database.sql);

  const viewerOf = (person: Door['as']): ViewerClaims | null =>
    person == null ? null : { id: person.id, sessionId: person.sessionId, epoch: 1, scopes: ['full'] };

  /** Asks as the gateway does. */
  async function ask(
    query: string,
    variables: Record<string, unknown> = {},
    { as = null, address = '192.0.2.7', userAgent = 'test' }: Door = {},
  ): Promise<Answer> {
    const request = { query, variables };
    const claims = { viewer: viewerOf(as), issuer: 'gateway', requestId: 'r', address, userAgent };
    const result = await running.execute(request, assertions.mint(claims, 'accounts', assertionBody.execute(request)));
    return JSON.parse(JSON.stringify({ data: result.data ?? {}, errors: result.errors ?? [] })) as Answer;
  }

  async function call<Input extends z.ZodType, Output extends z.ZodType>(
    contract: CallContract<Input, Output>,
    input: z.input<Input>,
    issuer = 'gateway',
  ): Promise<z.output<Output>> {
    const claims = { viewer: null, issuer, requestId: 'r', address: null, userAgent: null };
    return contract.output.parse(
      await running.call(contract.name, input, assertions.mint(claims, 'accounts', assertionBody.call(contract.name, input))),
    );
  }

  const registerMutation = `mutation ($input: RegisterInput!) { register(input: $input) { __typename
    ... on RegisterOk { session { accessToken refreshToken accessTokenExpiresAt } viewer { id user { id handle displayName } } }
    ... on UserError { code message } ... on HandleTakenError { handle } ... on ValidationError { fields { path message } } } }`;
  const loginMutation = `mutation ($input: LoginInput!) { login(input: $input) { __typename
    ... on LoginOk { session { accessToken refreshToken } viewer { id } } ... on UserError { code message } } }`;
  const refreshMutation = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename
    ... on RefreshSessionOk { session { accessToken refreshToken } } ... on UserError { code message } } }`;

  /** An account with whatever the test does not care about filled in. */
  const register = (input: Record<string, unknown> = {}, door: Door = {}) => {
    people += 1;
    const handle = `person_${people}`;
    return ask(
      registerMutation,
      { input: { handle, displayName: 'A Person', email: `${handle}@example.org`, password: 'correct horse', ...input } },
      door,
    );
  };
  const login = (identifier: string, password = 'correct horse', door: Door = {}) =>
    ask(loginMutation, { input: { identifier, password } }, door);
  const refresh = (refreshToken: string, idempotencyKey: string, door: Door = {}) =>
    ask(refreshMutation, { input: { refreshToken, idempotencyKey } }, door);

  function personOf(session: { readonly accessToken: string; readonly refreshToken: string }): Person {
    const claims = decodeJwt<{ sid: string }>(session.accessToken);
    return { id: claims.sub ?? '', sessionId: claims.sid, ...session };
  }

  /** Registered and signed in. */
  async function newPerson(handle: string, input: Record<string, unknown> = {}, door: Door = {}): Promise<Person> {
    const answer = await register({ handle, email: `${handle}@example.org`, ...input }, door);
    return personOf(at(answer, 'register.session'));
  }

  return {
    ask,
    call,
    register,
    login,
    refresh,
    newPerson,
    personOf,
    world,
    time,
    delivered,
    running,
    sql: database.sql,
    dataDir,
    /** What the outbox holds for a person, in order. */
    async events(userId: string): Promise<readonly string[]> {
      return (await database.sql<{ type: string }>`SELECT type FROM outbox WHERE key = ${userId} ORDER BY seq`).map(({ type }) => type);
    },
    async close(): Promise<void> {
      await running.stop();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * Waits until the relay has attached today's partition of a new outbox: a write in that very moment fails ("new row for relation outbox_default
 * violates partition constraint"), which is the outbox's matter and not what these tests are about.
 */
async function outboxIsSettled(sql: Sql): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await sql<{ days: number }>`SELECT count(*) AS days FROM pg_inherits WHERE inhparent = 'outbox'::regclass`;
    // The default one, today, tomorrow.
    if ((row?.days ?? 0) >= 3) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type AccountsUnderTest = Awaited<ReturnType<typeof openAccounts>>;

/** What stands at `login.session.accessToken` of an answer. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a test says what it expects to find
export function at<T>(answer: Answer, path: string): T {
  let value: unknown = answer.data;
  for (const step of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return value as T;
}

export const codesOf = (answer: Answer): readonly unknown[] => answer.errors.map(({ extensions }) => extensions['code']);

export const uuidOf = (prefix: string, id: string): string => fromTypeId(prefix, id) ?? 'malformed';

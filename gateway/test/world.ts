import { randomBytes, randomUUID } from 'node:crypto';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { unavailable } from '@plaza/kernel/fault';
import { DocumentCache } from '@plaza/subgraph/document-cache';
import { scopeOf } from '@plaza/subgraph/request-scope';
import { runSubscription } from '@plaza/subgraph/subscription';
import { createLogger } from '@plaza/telemetry/logger';
import { execute, type ExecutionResult, GraphQLError } from 'graphql';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { DEFAULT_LIMITS, type Limits } from '../src/limits/limits.js';
import { TrustedDocuments } from '../src/operations/trusted-documents.js';
import { type Gateway, type GatewayOptions, startGateway } from '../src/server.js';
import { SmallLog } from './small-live.js';
import { SMALL_SUBGRAPHS, smallSubgraph, type SmallSubgraph, smallSupergraph } from './small-graph.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly data?: Record<string, unknown> | null; readonly errors?: readonly ShownError[]; readonly extensions?: unknown };
  readonly text: string;
}

export interface ShownError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly retryAfter?: number; readonly errorId?: string };
}

/** The small graph behind a whole gateway over HTTP, its subgraphs and its issuer of tokens played by the test. */
export interface World {
  readonly gateway: Gateway;
  readonly url: string;
  readonly viewer: { readonly id: string; readonly sessionId: string };
  /** What tests turn. */
  readonly state: WorldState;
  /** Each fetch that a subgraph got, with what the gateway said of it. */
  readonly fetches: { readonly subgraph: string; readonly query: string; readonly claims: Claims }[];
  readonly calls: string[];
  readonly log: SmallLog;
  token(changes?: TokenChanges): Promise<string>;
  post(query: string, options?: PostOptions): Promise<Answer>;
  send(path: string, init?: RequestInit): Promise<Answer>;
  stop(): Promise<void>;
}

export interface WorldState {
  readonly dead: Set<string>;
  readonly deadCalls: Set<string>;
  readonly revoked: Set<string>;
  epoch: number;
  keys: readonly JWK[];
  now: number;
}

export interface TokenChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly lifetimeSeconds?: number;
}

export interface PostOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let supergraph: string | undefined;
/** Composing takes longest, and the small graph is always the same. */
export const composedOnce = (): string => (supergraph ??= smallSupergraph());

export interface WorldOptions {
  readonly limits?: Partial<Limits>;
  readonly profile?: GatewayOptions['profile'];
  readonly manifest?: unknown;
  /** Stands between the gateway and a subgraph. */
  readonly between?: (port: SubgraphPort) => SubgraphPort;
  readonly gateway?: Partial<GatewayOptions>;
}

export async function startWorld({
  limits,
  profile = 'demo',
  manifest,
  between = (port) => port,
  gateway: more,
}: WorldOptions = {}): Promise<World> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' };
  const state: WorldState = { dead: new Set(), deadCalls: new Set(), revoked: new Set(), epoch: 1, keys: [publicJwk], now: Date.now() };
  const assertions = new Assertions(randomBytes(32));
  const fetches: World['fetches'] = [];
  const calls: string[] = [];
  const log = new SmallLog();
  const ports = new Map<string, SubgraphPort>(
    SMALL_SUBGRAPHS.map((name) => [name, between(smallPort(name, { assertions, state, fetches, calls, log }))]),
  );
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    ports: (name) => ports.get(name) ?? idle(name),
    assertions,
    logger: createLogger('silent', 'gateway'),
    clock: { now: () => new Date(state.now) },
    profile,
    graph: { supergraphSdl: composedOnce(), documents: manifest === undefined ? TrustedDocuments.none : new TrustedDocuments(manifest) },
    limits: { ...DEFAULT_LIMITS, ...limits },
    // A slow machine is not what is tried here.
    patience: { readMs: 15_000, writeMs: 15_000 },
    planning: 'here',
    drainMs: 500,
    ...more,
  });
  const url = `http://127.0.0.1:${gateway.port}`;
  const viewer = { id: randomUUID(), sessionId: randomUUID() };

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
    };
  }

  return {
    gateway,
    url,
    viewer,
    state,
    fetches,
    calls,
    log,
    send,
    token({ header = {}, claims = {}, lifetimeSeconds = 300 } = {}) {
      const issuedAt = Math.floor(state.now / 1000);
      return new SignJWT({
        iss: 'plaza',
        aud: 'plaza',
        sub: viewer.id,
        sid: viewer.sessionId,
        client_id: 'plaza',
        scope: 'full',
        iat: issuedAt,
        exp: issuedAt + lifetimeSeconds,
        ...claims,
      })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...header })
        .sign(privateKey);
    },
    post(query, { variables, operationName, token, headers } = {}) {
      return send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify({ query, variables, operationName }),
      });
    },
    stop: () => gateway.stop(),
  };
}

interface PortParts {
  readonly assertions: Assertions;
  readonly state: WorldState;
  readonly fetches: World['fetches'];
  readonly calls: string[];
  readonly log: SmallLog;
}

function smallPort(name: SmallSubgraph, { assertions, state, fetches, calls, log }: PortParts): SubgraphPort {
  const schema = smallSubgraph(name);
  const documents = new DocumentCache(schema);
  return {
    name,
    async execute(request, assertion): Promise<ExecutionResult> {
      if (state.dead.has(name)) throw unavailable(name, new Error(`connect ECONNREFUSED http://${name}.internal:4101`));
      const claims = assertions.verify(assertion, name, assertionBody.execute(request));
      fetches.push({ subgraph: name, query: request.query, claims });
      const document = documents.get(request.query);
      if ('errors' in document) return document;
      const result = await execute({
        schema,
        document: document.document,
        variableValues: request.variables,
        operationName: request.operationName,
        contextValue: { claims },
      });
      return asFromElsewhere(result);
    },
    async subscribe(request, assertion) {
      if (state.dead.has(name)) throw unavailable(name, new Error(`connect ECONNREFUSED http://${name}.internal:4101`));
      const claims = assertions.verify(assertion, name, assertionBody.subscribe(request));
      const document = documents.get(request.query);
      if ('errors' in document) return document;
      return runSubscription({
        schema,
        document: document.document,
        variables: request.variables,
        operationName: request.operationName,
        scope: scopeOf(claims),
        context: (scope) => ({ claims, scope, log }),
        renew: async (scope) => (scope.viewer === null ? scope : { ...scope, viewer: { ...scope.viewer, epoch: state.epoch } }),
        shown: asFromElsewhere,
        now: () => state.now,
      });
    },
    async call(call, input) {
      calls.push(call);
      if (state.deadCalls.has(call)) throw unavailable(call);
      if (call === 'accounts.publicKeys') return { keys: state.keys };
      if (call === 'accounts.revokedSessions') return { sessionIds: [...state.revoked], asOf: state.now };
      if (call === 'social.relationEpochs')
        return { epochs: (input as { userIds: string[] }).userIds.map((userId) => ({ userId, epoch: state.epoch })) };
      if (call === 'accounts.sessionsSeen') return input;
      if (call === 'social.blocksOf')
        return { users: (input as BlocksInput).users.map((user) => blocksOf(user, log)), muters: mutersOf(input as BlocksInput, log) };
      throw new Error(`nobody answers ${call}`);
    },
    deliver: () => Promise.resolve(),
    ready: () => Promise.resolve(!state.dead.has(name)),
  };
}

const mutersOf = ({ heardIds }: BlocksInput, { mutes }: SmallLog) =>
  heardIds.map((userId) => ({ userId, muterIds: mutes.filter(({ muted }) => muted === userId).map(({ muter }) => muter) }));

interface BlocksInput {
  readonly heardIds: readonly string[];
  readonly users: readonly { readonly userId: string; readonly epoch: number | null }[];
}

function blocksOf({ userId, epoch: known }: BlocksInput['users'][number], log: SmallLog) {
  const epoch = log.epochs.get(userId) ?? 0;
  return { userId, epoch, otherIds: epoch === known ? null : [...(log.blocks.get(userId) ?? [])] };
}

/** Like JSON from elsewhere, so that the gateway is never given the objects of the resolvers. */
function asFromElsewhere(result: ExecutionResult): ExecutionResult {
  const plain = JSON.parse(JSON.stringify(result)) as ExecutionResult;
  if (plain.errors === undefined) return plain;
  return { ...plain, errors: plain.errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
}

const idle = (name: SubgraphPort['name']): SubgraphPort => ({
  name,
  execute: () => Promise.resolve({ data: null }),
  subscribe: () => Promise.reject(unavailable(name)),
  call: () => Promise.reject(unavailable(name)),
  deliver: () => Promise.resolve(),
  ready: () => Promise.resolve(true),
});

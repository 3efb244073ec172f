import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { every } from '@plaza/kernel/every';
import { Fault } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { Logger } from '@plaza/telemetry/logger';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type Server as UpgradeServer, WebSocketServer } from 'ws';
import { rulesOf } from '../access/token-class.js';
import { thrownError } from '../answer/errors.js';
import type { Generation } from '../generations/generation.js';
import type { Graphs } from '../generations/generations.js';
import type { GatewayServer } from '../http/messages.js';
import { paramsOf } from '../http/request-params.js';
import { identify, type IdentityParts } from '../identity/identify.js';
import type { Limits } from '../limits/limits.js';
import type { OpenLines } from '../limits/open-lines.js';
import type { Presence } from '../limits/presence.js';
import { networkOf } from '../limits/rate-limit.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { type LiveParts, Outdated, Subscriber } from '../live/subscriber.js';
import { openSockets, requestStarted } from '../metrics.js';
import type { AdmittedRequest } from '../request.js';
import { CLOSE, Connection, type ConnectionRules, FATAL, PlainSocket } from './connection.js';
import { addressOf, isOriginAllowed } from './origin.js';

export interface SocketParts {
  readonly graphs: Graphs;
  readonly live: LiveParts;
  readonly identity: IdentityParts;
  readonly limits: Limits;
  /** Shared with HTTP: an operation counts the same whatever it comes over. */
  readonly rates: RequestLimits;
  /** Shared with streams over HTTP: a line counts the same whatever it speaks. */
  readonly openLines: OpenLines;
  readonly corsOrigins: readonly string[] | undefined;
  readonly trustedProxies: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What an operation carries through the protocol's library. */
interface Carried {
  /** Null once the operation has begun: the library holds this for as long as that lives, and graphs come and go meanwhile. */
  begins: { readonly admitted: AdmittedRequest; readonly generation: Generation } | null;
  readonly connection: Connection;
  readonly id: string;
}

const PING_MS = 20_000;
const LOOK_MS = 1_000;
const MAX_USER_AGENT = 200;
/** The library wants one for each operation and looks at none: a real one would be held for as long as the operation lives. */
const NO_SCHEMA = new GraphQLSchema({});

/**
 * The graph over WebSocket, by the graphql-transport-ws protocol: its library speaks it, the door decides and runs, and events go to the socket
 * past the library, since one text serves many sockets.
 */
export class SocketServer {
  readonly #parts: SocketParts;
  readonly #server: UpgradeServer<typeof PlainSocket>;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown> | undefined, Connection>>;
  readonly #rules: ConnectionRules;
  /** Each with what the protocol's library is to be told when it is closed. */
  readonly #connections = new Map<Connection, (code: number, reason: string) => Promise<void>>();
  readonly #byAddress: Presence;
  readonly #byAccount: Presence;
  readonly #looking: ReturnType<typeof every>;
  #looks = 0;
  #isStopping = false;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    const { limits, identity } = parts;
    this.#byAddress = parts.openLines.byAddress;
    this.#byAccount = parts.openLines.byAccount;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.bodyBytes,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols,
      WebSocket: PlainSocket,
    });
    this.#rules = {
      now: parts.now,
      isRevoked: (sessionId) => identity.revoked.has(sessionId),
      bufferedBytes: limits.sockets.bufferedBytes,
      messages: limits.sockets.messages,
      closed: (connection, code, reason) => this.#closed(connection, code, reason),
      broke: (error) => parts.logger.debug({ err: error }, 'a socket broke'),
      failed: (connection, error) => this.#failed(connection, error),
    };
    this.#protocol = makeServer<Record<string, unknown> | undefined, Connection>({
      schema: NO_SCHEMA,
      connectionInitWaitTimeout: limits.sockets.initMs,
      onConnect: (context) => this.#connected(context),
      onSubscribe: (context, id, payload) => this.#admit(context.extra, id, payload),
      execute: (args) => this.#execute(args.contextValue as Carried), // put there by #admit
      subscribe: (args) => this.#subscribe(args.contextValue as Carried), // put there by #admit
      onError: (_context, _id, _payload, errors) => errors.flatMap((error) => this.#shown(error)).map((error) => error.toJSON()),
    });
    identity.revoked.onRevoked((sessionId) => {
      for (const connection of this.#connections.keys()) if (connection.identity?.sessionId === sessionId) connection.end(CLOSE.forbidden);
    });
    this.#looking = every(
      LOOK_MS,
      async () => this.#look(),
      (error) => parts.logger.error({ err: error }, 'sockets could not be looked at'),
    );
  }

  /** Takes the upgrades of an HTTP server at one path. */
  attach(server: GatewayServer, path: string): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head, path));
  }

  /**
   * Sends sockets away that are open now, one after the other over so many milliseconds, with the code that clients come back after: to another gateway,
   * while this one still takes whatever comes here. Those that wait for an answer are left until {@link stop}.
   */
  async leave(overMs: number): Promise<void> {
    const connections = [...this.#connections.keys()];
    const began = Date.now();
    for (const [index, connection] of connections.entries()) {
      // A machine that was busy meanwhile makes up for it.
      const restMs = began + (overMs * index) / connections.length - Date.now();
      if (restMs > 0) await pause(restMs);
      if (connection.running === 0) connection.end(CLOSE.restart);
    }
  }

  /** Takes no new sockets, lets queries and mutations finish, then closes all with a code that clients come back after. */
  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true;
    await this.#looking.stop();
    const until = Date.now() + drainMs;
    const lastCall = Date.now() + drainMs / 2;
    while (Date.now() < lastCall && [...this.#connections.keys()].some(({ running }) => running > 0)) await pause(20);
    for (const connection of this.#connections.keys()) connection.end(CLOSE.restart);
    while (Date.now() < until && this.#connections.size > 0) await pause(20);
    for (const { socket } of this.#connections.keys()) socket.terminate();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): void {
    socket.on('error', destroy);
    const { corsOrigins, trustedProxies } = this.#parts;
    const address = addressOf(request, trustedProxies);
    const network = networkOf(address);
    if (pathOf(request) !== path) refuse(socket, '404 Not Found');
    else if (!isOriginAllowed(request, corsOrigins)) refuse(socket, '403 Forbidden');
    else if (this.#isStopping) refuse(socket, '503 Service Unavailable');
    else if (!this.#byAddress.enter(network)) refuse(socket, '429 Too Many Requests');
    else {
      const left = (): void => this.#byAddress.leave(network);
      socket.on('close', left);
      const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null;
      this.#server.handleUpgrade(request, socket, head, (opened) => {
        socket.off('close', left);
        this.#opened(new Connection(opened, address, userAgent, this.#rules));
      });
    }
  }

  #opened(connection: Connection): void {
    openSockets.inc();
    this.#connections.set(connection, this.#protocol.opened(connection, connection));
  }

  #closed(connection: Connection, code: number, reason: string): void {
    const told = this.#connections.get(connection);
    this.#connections.delete(connection);
    openSockets.dec();
    this.#byAddress.leave(networkOf(connection.address));
    if (connection.identity !== null) this.#byAccount.leave(connection.identity.userId);
    void told?.(code, reason).catch((error: unknown) => this.#failed(connection, error));
  }

  async #connected(context: Context<Record<string, unknown> | undefined, Connection>): Promise<boolean> {
    const { connectionParams, extra: connection } = context;
    const { authorization = connectionParams?.['Authorization'] } = connectionParams ?? {};
    // The library holds them for as long as the socket lives.
    Object.assign(context, { connectionParams: undefined });
    try {
      const asker = await identify(typeof authorization === 'string' ? authorization : undefined, this.#parts.identity);
      const { identity, app } = asker;
      if (!rulesOf(asker).sockets) return false;
      if (!connection.isOpen || identity === null) return true;
      if (!this.#byAccount.enter(identity.userId)) {
        connection.end({ ...CLOSE.later, reason: 'Too many sockets of this account' });
        return true;
      }
      connection.identity = identity;
      connection.app = app;
      return true;
    } catch (error) {
      if (error instanceof Fault && error.code === 'UNAUTHENTICATED') return false;
      if (!(error instanceof Fault)) this.#parts.logger.error({ err: error }, 'a token could not be looked at');
      connection.end(CLOSE.later);
      return true;
    }
  }

  async #admit(connection: Connection, id: string, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { rates, graphs, logger, limits } = this.#parts;
    const requestId = newId();
    try {
      const { identity, app, address, userAgent } = connection;
      if (connection.operations >= limits.sockets.operations)
        throw new Fault('RATE_LIMITED', `A socket runs ${limits.sockets.operations} operations at a time.`, { retryAfter: 1 });
      await rates.ofAddress(address);
      await rates.ofAsker({ identity, app });
      if (!connection.holds()) return [new GraphQLError('The socket is closed.', { extensions: { code: 'UNAUTHENTICATED' } })];
      const generation = graphs.current;
      const params = paramsOf(payload, generation.documents);
      const admitted = await generation.door.admit(params, { requestId, identity, app, address, userAgent });
      if (admitted.kind === 'refused') return admitted.errors;
      // The library holds the message for as long as the operation lives: two kilobytes of text a socket, for hours.
      Object.assign(payload, { query: '', variables: null });
      const carried: Carried = { begins: { admitted, generation }, connection, id };
      return {
        schema: NO_SCHEMA,
        document: admitted.prepared.document,
        operationName: params.operationName ?? null,
        contextValue: carried,
      };
    } catch (error) {
      return [thrownError(error, { requestId, logger })];
    }
  }

  async #execute(carried: Carried): Promise<ExecutionResult> {
    const { connection } = carried;
    const { admitted, generation } = begun(carried);
    const { door, documents } = generation;
    const done = requestStarted();
    connection.running += 1;
    connection.operations += 1;
    let result: ExecutionResult;
    try {
      result = await door.execute(admitted);
    } catch (error) {
      result = { errors: [this.#thrown(error, admitted)] };
    } finally {
      connection.running -= 1;
      connection.operations -= 1;
    }
    const [first] = result.errors ?? [];
    done(documents.label(admitted.prepared.operation.name?.value), first === undefined ? 'ok' : String(first.extensions['code']));
    return result;
  }

  async #subscribe(carried: Carried): Promise<AsyncGenerator<ExecutionResult, void, undefined> | ExecutionResult> {
    const { connection, id } = carried;
    const { admitted, generation } = begun(carried);
    connection.operations += 1;
    try {
      const subscriber = new Subscriber(this.#parts.live, generation, admitted, connection.outlet(id));
      const started = await subscriber.start();
      if (!(Symbol.asyncIterator in started)) {
        connection.operations -= 1;
        return started;
      }
      subscriber.whenEnded(() => {
        connection.operations -= 1;
      });
      return started;
    } catch (error) {
      connection.operations -= 1;
      return { errors: [this.#thrown(error, admitted)] };
    }
  }

  /** Tokens end, and lines go dead without a word. */
  #look(): void {
    this.#looks += 1;
    const pings = this.#looks % (PING_MS / LOOK_MS) === 0;
    for (const connection of this.#connections.keys()) {
      if (!connection.holds() || !pings) continue;
      connection.ping();
      if (connection.identity !== null) this.#parts.identity.seen.note(connection.identity.sessionId);
    }
  }

  /** An error that ended a subscription comes wrapped by the protocol's library. */
  #shown(error: GraphQLError): GraphQLError | readonly GraphQLError[] {
    const { originalError } = error;
    if (originalError instanceof Outdated) return originalError.errors;
    return originalError == null ? error : thrownError(originalError, { requestId: newId(), logger: this.#parts.logger });
  }

  #thrown(error: unknown, { caller }: AdmittedRequest): GraphQLError {
    return thrownError(error, { requestId: caller.requestId, logger: this.#parts.logger });
  }

  #failed(connection: Connection, error: unknown): void {
    this.#parts.logger.error({ err: error }, 'a message could not be handled');
    connection.end(FATAL.failed);
  }
}

function begun(carried: Carried): NonNullable<Carried['begins']> {
  const { begins } = carried;
  if (begins === null) throw new Error('An operation begins once.');
  carried.begins = null;
  return begins;
}

/** As it was sent: what is no address is a path that leads nowhere, and nothing to throw over. */
const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

function destroy(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

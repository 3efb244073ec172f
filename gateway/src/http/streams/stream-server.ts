import type { ServerResponse } from 'node:http';
import { every } from '@plaza/kernel/every';
import { unavailable } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import type { ExecutionResult } from 'graphql';
import { faultError, thrownError } from '../../answer/errors.js';
import type { Generation } from '../../generations/generation.js';
import { notAccepted } from '../../identity/access-token.js';
import type { IdentityParts } from '../../identity/identify.js';
import type { Limits } from '../../limits/limits.js';
import type { OpenLines } from '../../limits/open-lines.js';
import { type LiveParts, Outdated, Subscriber } from '../../live/subscriber.js';
import { openStreams } from '../../metrics.js';
import type { Refused } from '../../operations/operations.js';
import type { AdmittedRequest, Caller } from '../../request.js';
import type { Framing } from './framing.js';
import { Line } from './line.js';

export interface StreamParts {
  readonly live: LiveParts;
  readonly identity: IdentityParts;
  readonly limits: Limits;
  /** Shared with WebSocket: a line counts the same whatever it speaks. */
  readonly openLines: OpenLines;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What one stream is to bring. */
export interface StreamRequest {
  readonly answer: AdmittedRequest | Refused;
  /** Which has admitted it. */
  readonly generation: Generation;
  readonly caller: Caller;
  readonly framing: Framing;
}

const LOOK_MS = 1_000;
/** Looks between two beats: clients of the multipart protocol and proxies give up a line that is silent for long. */
const LOOKS_A_BEAT = 10;

/** Operations that are answered as a stream over HTTP, by server-sent events or in parts: one operation a request, with the rules, limits and sharing of sockets. */
export class StreamServer {
  readonly #parts: StreamParts;
  readonly #lines = new Set<Line>();
  readonly #looking: ReturnType<typeof every>;
  #looks = 0;
  #isStopping = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    parts.identity.revoked.onRevoked((sessionId) => {
      for (const line of this.#lines) if (line.identity?.sessionId === sessionId) line.leave(faultError(notAccepted()));
    });
    this.#looking = every(
      LOOK_MS,
      async () => this.#look(),
      (error) => parts.logger.error({ err: error }, 'streams could not be looked at'),
    );
  }

  /** Resolves when the stream is over. @throws Fault RATE_LIMITED when too many are open, UNAVAILABLE while the gateway stops */
  async serve(response: ServerResponse, { answer, generation, caller, framing }: StreamRequest): Promise<void> {
    const { openLines, limits, identity, now } = this.#parts;
    if (this.#isStopping) throw unavailable('The gateway');
    const leave = openLines.enter(caller);
    const { bufferedBytes } = limits.sockets;
    const isRevoked = (sessionId: string): boolean => identity.revoked.has(sessionId);
    const line = new Line(response, { framing, identity: caller.identity, now, isRevoked, bufferedBytes });
    this.#lines.add(line);
    openStreams.inc();
    response.once('close', () => {
      this.#lines.delete(line);
      openStreams.dec();
      leave();
    });
    line.open();
    if (answer.kind === 'refused') line.fail(answer.errors);
    else if (answer.prepared.live === null) await this.#execute(line, answer, generation);
    else await this.#subscribe(line, answer, generation, response);
  }

  /** Takes no new streams and lets go of those that are open: their clients come again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#looking.stop();
    for (const line of this.#lines) line.leave(faultError(unavailable('The gateway')));
  }

  async #execute(line: Line, admitted: AdmittedRequest, { door }: Generation): Promise<void> {
    try {
      await line.send(asJson(await door.execute(admitted)));
      line.complete();
    } catch (error) {
      line.fail([this.#thrown(error, admitted)]);
    }
  }

  async #subscribe(line: Line, admitted: AdmittedRequest, generation: Generation, response: ServerResponse): Promise<void> {
    try {
      const subscriber = new Subscriber(this.#parts.live, generation, admitted, line);
      const started = await subscriber.start();
      if (Symbol.asyncIterator in started) await untilEnded(started, response);
      else await line.send(asJson(started));
      line.complete();
    } catch (error) {
      line.fail(error instanceof Outdated ? error.errors : [this.#thrown(error, admitted)]);
    }
  }

  /** Tokens end, and lines go dead without a word. */
  #look(): void {
    this.#looks += 1;
    const beats = this.#looks % LOOKS_A_BEAT === 0;
    for (const line of this.#lines) {
      if (!line.holds() || !beats) continue;
      line.beat();
      if (line.identity !== null) this.#parts.identity.seen.note(line.identity.sessionId);
    }
  }

  #thrown(error: unknown, { caller }: AdmittedRequest) {
    return thrownError(error, { requestId: caller.requestId, logger: this.#parts.logger });
  }
}

/** What is to be said goes to the line; the stream tells only of its end. Whoever goes away ends it. */
async function untilEnded(stream: AsyncGenerator<ExecutionResult, void, undefined>, response: ServerResponse): Promise<void> {
  const leave = (): void => void stream.return(undefined);
  response.once('close', leave);
  if (response.destroyed) leave();
  try {
    await stream.next();
  } finally {
    response.off('close', leave);
  }
}

const asJson = (result: ExecutionResult): Buffer => Buffer.from(JSON.stringify(result));

import { createHash } from 'node:crypto';
import type { Saying } from '@plaza/auth/assertion';
import type { LiveResult, PortResult, SubgraphPort, SubgraphRequest } from '@plaza/calls/subgraph-port';
import type { EventEnvelope } from '@plaza/events/envelope';
import { CircuitBreaker } from '@plaza/kernel/circuit-breaker';
import { Fault } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { RequestHandler } from 'express';
import type { ExecutionResult } from 'graphql';
import type { Heard } from './http-line.js';
import { HttpPort } from './http-port.js';

/** So long a copy's word that it stays is gone by: less than a process still serves after it began to leave (PLAZA_LEAVE_SECONDS). */
const WORD_HOLDS_MS = 1_000;
/** Of connections that never stood: nothing was sent, so another copy may be asked, whatever it is about. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** The first failure opens it: there are others to ask. */
const REST = { failures: 1, firstRestMs: 250, longestRestMs: 5_000 };

/** What a copy is asked through; a test's are no sockets. */
export interface CopyPort extends SubgraphPort {
  executeFor(request: SubgraphRequest, saying: Saying): Promise<PortResult>;
  serving(): Promise<boolean>;
  readonly proxy: RequestHandler;
  close(): void;
}

/** Makes the way to one address; `heard` is told with each answer whether that copy stays. */
export type OpenCopy = (base: string, heard: Heard) => CopyPort;

/** One process of the subgraph. */
class Copy {
  readonly base: string;
  readonly port: CopyPort;
  readonly #breaker: CircuitBreaker;
  readonly #now: () => number;
  underWay = 0;
  /** Until when its word that it stays is gone by. */
  #goodUntil = Number.NEGATIVE_INFINITY;
  #asking: Promise<boolean> | null = null;

  constructor(base: string, open: OpenCopy, now: () => number) {
    this.base = base;
    this.#now = now;
    this.#breaker = new CircuitBreaker({ ...REST, now });
    this.port = open(base, (isStaying, tookMs) => this.#heard(isStaying, tookMs));
  }

  /** Whether it may be asked: it has just said that it stays, or says so now. */
  async isWelcoming(): Promise<boolean> {
    if (this.#now() < this.#goodUntil) return true;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** It broke off or did not answer in time: before anything else it is asked whether it is there at all. */
  doubted(): void {
    this.#goodUntil = Number.NEGATIVE_INFINITY;
  }

  /** It is not there. */
  missed(): void {
    this.doubted();
    this.#breaker.failed();
  }

  /** A word is as old as the request: an answer that took long may have been begun before the copy knew that it leaves. */
  #heard(isStaying: boolean, tookMs: number): void {
    this.#goodUntil = isStaying ? Math.max(this.#goodUntil, this.#now() - tookMs + WORD_HOLDS_MS) : Number.NEGATIVE_INFINITY;
  }

  async #ask(): Promise<boolean> {
    if (!this.#breaker.enter()) return false;
    // Its word holds from when it was asked for.
    const askedAt = this.#now();
    const isServing = await this.port.serving();
    if (isServing) {
      this.#breaker.succeeded();
      this.#goodUntil = askedAt + WORD_HOLDS_MS;
    } else this.#breaker.failed();
    return isServing;
  }
}

/**
 * Several processes of one subgraph as one. A request goes to the copy with the fewest under way that has said within the last second that it
 * stays; who was silent for longer is asked first. So nothing is sent to a copy that is about to leave, one that has died is passed over, and
 * nobody polls. What could not be sent at all goes to another copy; what was sent is never sent again: that is for callers who know what it does.
 */
export class CopiesPort implements SubgraphPort {
  readonly name: SubgraphName;
  readonly #copies: readonly Copy[];
  #turn = 0;

  constructor(
    name: SubgraphName,
    bases: readonly string[],
    open: OpenCopy = (base, heard) => new HttpPort(name, base, heard),
    now: () => number = () => performance.now(),
  ) {
    this.name = name;
    this.#copies = bases.map((base) => new Copy(base, open, now));
  }

  execute(request: SubgraphRequest, assertion: string): Promise<PortResult> {
    return this.#visit((port) => port.execute(request, assertion));
  }

  executeFor(request: SubgraphRequest, saying: Saying): Promise<PortResult> {
    return this.#visit((port) => port.executeFor(request, saying));
  }

  subscribe(request: SubgraphRequest, assertion: string): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
    return this.#visit((port) => port.subscribe(request, assertion));
  }

  call(name: string, input: unknown, assertion: string): Promise<unknown> {
    return this.#visit((port) => port.call(name, input, assertion));
  }

  deliver(events: readonly EventEnvelope[], assertion: string): Promise<void> {
    return this.#visit((port) => port.deliver(events, assertion));
  }

  /** Whether one of them is. */
  async ready(): Promise<boolean> {
    const answers = await Promise.all(this.#copies.map(async ({ port }) => port.ready()));
    return answers.includes(true);
  }

  /**
   * As {@link HttpPort.proxy}, to one of them: to the same one for the same path, as long as it stays. Two requests about one unfinished upload
   * meet in one process, which lets only one write.
   */
  readonly proxy: RequestHandler = async (incoming, outgoing, next) => {
    const copy = await firstWelcoming(this.#copies.toSorted((a, b) => weight(b, incoming.path) - weight(a, incoming.path)));
    if (copy === undefined) outgoing.writeHead(503, { connection: 'close' }).end();
    else await copy.port.proxy(incoming, outgoing, next);
  };

  close(): void {
    for (const { port } of this.#copies) port.close();
  }

  async #visit<T>(work: (port: CopyPort) => Promise<T>): Promise<T> {
    const tried: Copy[] = [];
    for (;;) {
      // When none says that it is there, one is tried all the same: its failure is the answer.
      const copy = (await this.#next(tried)) ?? this.#copies.find((one) => !tried.includes(one)) ?? this.#copies[0];
      if (copy === undefined) throw new Error(`${this.name} has no address`);
      copy.underWay += 1;
      try {
        return await work(copy.port);
      } catch (error) {
        tried.push(copy);
        if (!wasSent(error)) copy.missed();
        else if (brokeOff(error)) copy.doubted();
        if (wasSent(error) || tried.length >= this.#copies.length) throw error;
      } finally {
        copy.underWay -= 1;
      }
    }
  }

  /** The least busy of the others that is there; those that are equally busy take turns. */
  async #next(tried: readonly Copy[]): Promise<Copy | undefined> {
    this.#turn = (this.#turn + 1) % this.#copies.length;
    const inTurn = [...this.#copies.slice(this.#turn), ...this.#copies.slice(0, this.#turn)].filter((copy) => !tried.includes(copy));
    return firstWelcoming(inTurn.toSorted((a, b) => a.underWay - b.underWay));
  }
}

async function firstWelcoming(copies: readonly Copy[]): Promise<Copy | undefined> {
  for (const copy of copies) if (await copy.isWelcoming()) return copy;
  return undefined;
}

/** Of all copies the heaviest has the path: when one leaves, only its own paths move (rendezvous hashing). */
const weight = ({ base }: Copy, path: string): number => createHash('sha1').update(`${base} ${path}`).digest().readUInt32BE(0);

/** An answer has no cause: the subgraph itself said that something is unavailable. */
const brokeOff = (error: unknown): boolean => error instanceof Fault && error.code === 'UNAVAILABLE' && error.cause !== undefined;

function wasSent(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : undefined;
  return !(cause instanceof Error && 'code' in cause && NEVER_SENT.has(String(cause.code)));
}

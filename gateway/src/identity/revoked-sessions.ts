import { unavailable } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';

/** Sessions that ended since a moment (milliseconds since 1970; 0: all whose tokens may still be in use). */
export type ReadRevoked = (since: number) => Promise<{ readonly sessionIds: readonly string[]; readonly asOf: number }>;

const POLL_MS = 1_000;
/** A revocation is committed a little after the time that it names: each question reaches back this far. */
const OVERLAP_MS = 10_000;
/** Longer than any access token lives: after that an ended session needs no remembering. */
const REMEMBERED_MS = 3_600_000;

/**
 * The sessions that ended while access tokens of theirs are still good, read every second: a revoked token is refused within two. When the
 * owner is away the last known set goes on; when it is back the whole set is read.
 */
export class RevokedSessions {
  readonly #read: ReadRevoked;
  readonly #logger: Logger;
  readonly #now: () => number;
  /** When each was last heard of. */
  readonly #sessions = new Map<string, number>();
  /** Null: the whole set is to be read. */
  #asOf: number | null = null;
  #wasRead = false;
  #timer: NodeJS.Timeout | undefined;
  #heard: (sessionId: string) => void = () => undefined;
  #isStopped = false;

  constructor(read: ReadRevoked, logger: Logger, now: () => number) {
    this.#read = read;
    this.#logger = logger;
    this.#now = now;
  }

  /** Whether the set was read at least once. */
  get isReady(): boolean {
    return this.#wasRead;
  }

  /** Told of each session once, as soon as its end is known. One listener. */
  onRevoked(listener: (sessionId: string) => void): void {
    this.#heard = listener;
  }

  /** Reads the set now and every second from then on. */
  async start(): Promise<void> {
    await this.refresh();
    this.#schedule();
  }

  /** @throws Fault UNAVAILABLE while no set was ever read */
  has(sessionId: string): boolean {
    if (!this.#wasRead) throw unavailable('The set of revoked sessions');
    return this.#sessions.has(sessionId);
  }

  /** One reading; a failure keeps what is known. */
  async refresh(): Promise<void> {
    try {
      const { sessionIds, asOf } = await this.#read(this.#asOf === null ? 0 : Math.max(0, this.#asOf - OVERLAP_MS));
      for (const id of sessionIds) {
        if (!this.#sessions.has(id)) this.#heard(id);
        this.#sessions.set(id, this.#now());
      }
      this.#asOf = asOf;
      this.#wasRead = true;
      this.#forget();
    } catch (error) {
      if (this.#asOf !== null || !this.#wasRead) this.#logger.warn({ err: error }, 'revoked sessions cannot be read');
      this.#asOf = null;
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.refresh().finally(() => this.#schedule()), POLL_MS);
    this.#timer.unref();
  }

  #forget(): void {
    const before = this.#now() - REMEMBERED_MS;
    for (const [id, heardAt] of this.#sessions) if (heardAt < before) this.#sessions.delete(id);
  }
}

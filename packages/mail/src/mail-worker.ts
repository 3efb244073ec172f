import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { every } from '@plaza/kernel/every';
import { Signal } from '@plaza/kernel/signal';
import type { Logger } from '@plaza/telemetry/logger';
import type { Mail, MailPort } from './mail.js';
import { endMail, forgetEnded, type MailJob, takeDue, tryMailAgain } from './mail-queue.js';

/** What a mail is made of but for its Message-ID. */
export type Composed = Omit<Mail, 'messageId'>;

/** Makes a mail's words when it is sent; null when it is not wanted any more. What it throws is tried again. */
export type ComposeMail = (job: MailJob) => Promise<Composed | null>;

export interface MailWorkerOptions {
  readonly database: Database<unknown>;
  readonly mail: MailPort;
  readonly compose: ComposeMail;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What stands behind @ in Message-IDs. */
  readonly domain: string;
}

/** How often a mail is tried, over about a day, before it is given up. */
export const MAX_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
const AT_ONCE = 4;
/** Longer than any attempt takes: a mail whose sender died is taken on by another after this. */
const LEASE_MS = 180_000;
const POLL_MS = 1_000;
const HOUR_MS = 3_600_000;
const KEPT_MS = 7 * 24 * HOUR_MS;

/** How long after its nth attempt a mail is tried again: 10 s, then three times as long each time, at most 6 hours. */
export const pauseAfter = (attempt: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 3 ** (attempt - 1));

/**
 * Sends what a subgraph's queue owes, a few at a time, in any number of processes: at least once, again later when it did not go, given up after
 * MAX_ATTEMPTS or a refusal that is final, with the reason in the log.
 */
export class MailWorker {
  readonly #options: MailWorkerOptions;
  readonly #signal = new Signal();
  readonly #stop = new AbortController();
  readonly #sweeping: { stop(): Promise<void> };
  readonly #ended: Promise<void>;

  constructor(options: MailWorkerOptions) {
    this.#options = options;
    const { database, clock, logger } = options;
    this.#sweeping = every(
      HOUR_MS,
      () => forgetEnded(database, new Date(clock.now().getTime() - KEPT_MS)),
      (error) => logger.warn({ err: error }, 'old mails could not be forgotten'),
    );
    this.#ended = this.#run();
  }

  /** There may be work: look now. */
  wake(): void {
    this.#signal.raise();
  }

  /** Finishes what is being sent. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#signal.raise();
    await Promise.all([this.#ended, this.#sweeping.stop()]);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const taken = await this.#round().catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'mail waits for the database');
        return 0;
      });
      if (taken === 0 && !this.#stop.signal.aborted) await this.#signal.wait(POLL_MS);
    }
  }

  async #round(): Promise<number> {
    const { database, clock } = this.#options;
    const now = clock.now();
    const jobs = await takeDue(database, { now, leaseUntil: new Date(now.getTime() + LEASE_MS), atMost: AT_ONCE });
    await Promise.all(jobs.map((job) => this.#send(job)));
    return jobs.length;
  }

  async #send(job: MailJob): Promise<void> {
    const { database, mail, compose, clock, domain } = this.#options;
    try {
      const composed = await compose(job);
      if (composed === null) {
        await endMail(database, job, 'DROPPED', clock.now());
        return;
      }
      const delivery = await mail.send({ ...composed, messageId: `<${job.id}@${domain}>` });
      if (delivery.kind === 'refused') return await this.#giveUp(job, delivery.reason);
      await endMail(database, job, 'SENT', clock.now());
    } catch (error) {
      await this.#failed(job, error);
    }
  }

  async #failed(job: MailJob, error: unknown): Promise<void> {
    const { database, clock, logger } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    if (job.attempt >= MAX_ATTEMPTS) return this.#giveUp(job, reason);
    logger.info({ mailId: job.id, kind: job.kind, attempt: job.attempt, reason }, 'a mail did not go and is sent again later');
    await tryMailAgain(database, job, new Date(clock.now().getTime() + pauseAfter(job.attempt)));
  }

  async #giveUp(job: MailJob, reason: string): Promise<void> {
    const { database, clock, logger } = this.#options;
    if (await endMail(database, job, 'GIVEN_UP', clock.now()))
      logger.warn({ mailId: job.id, userId: job.userId, kind: job.kind, attempt: job.attempt, reason }, 'a mail was given up');
  }
}

import type { Logger } from '@plaza/telemetry/logger';

/** Notes that these sessions were just used. */
export type ReportSeen = (sessionIds: readonly string[]) => Promise<void>;

const REPORT_MS = 60_000;
const SLICE = 1_000;

/** Collects which sessions were used and tells it once a minute: "last seen" is good to the minute. */
export class SessionsSeen {
  readonly #report: ReportSeen;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #seen = new Set<string>();

  constructor(report: ReportSeen, logger: Logger) {
    this.#report = report;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.flush(), REPORT_MS);
    this.#timer.unref();
  }

  note(sessionId: string): void {
    this.#seen.add(sessionId);
  }

  async flush(): Promise<void> {
    const ids = [...this.#seen];
    this.#seen = new Set();
    try {
      for (let start = 0; start < ids.length; start += SLICE) await this.#report(ids.slice(start, start + SLICE));
    } catch (error) {
      // A minute that is lost is not worth keeping: the next request brings a newer one.
      this.#logger.info({ err: error }, 'use of sessions could not be noted');
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}

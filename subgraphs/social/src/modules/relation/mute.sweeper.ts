import { muteRemoved } from '@plaza/events/contracts/social.events';
import type { Logger } from '@plaza/telemetry/logger';
import type { MuteParts } from './mute.service.js';

const EVERY_MS = 1_000;
const BATCH = 500;

/**
 * Ends mutes by time. What social itself reads (`relations`, `viewerRelation`) treats a mute that is over as none at once; other processes keep
 * relations by epoch, so each second the mutes that have ended are taken away and their muters' epochs raised. The bound: two seconds after its
 * end a mute hides nothing anywhere (one for this timer, one for its work). Several processes may sweep: each takes what no other has locked.
 */
export class MuteSweeper {
  readonly #parts: MuteParts;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #sweep: Promise<void> | null = null;

  constructor(parts: MuteParts, logger: Logger) {
    this.#parts = parts;
    this.#logger = logger;
    this.#timer = setInterval(() => this.#tick(), EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweep;
  }

  #tick(): void {
    // A slow sweep is not overtaken.
    this.#sweep ??= this.#run()
      .catch((err: unknown) => this.#logger.warn({ err }, 'mutes that ended could not be taken away'))
      .finally(() => (this.#sweep = null));
  }

  async #run(): Promise<void> {
    const { database, outbox, mutes, epochs, clock } = this.#parts;
    const now = clock.now();
    while (await mutes.hasExpired(now)) {
      const swept = await database.transaction(async (tx) => {
        const ended = await mutes.deleteExpired(tx, now, BATCH);
        for (const mute of ended) await outbox.append(tx, muteRemoved, mute);
        if (ended.length > 0)
          await epochs.raise(
            tx,
            ended.map(({ muterId }) => muterId),
          );
        return ended.length;
      });
      if (swept === 0) return;
    }
  }
}

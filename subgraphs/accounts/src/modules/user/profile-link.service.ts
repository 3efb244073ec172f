import type { Database } from '@plaza/db/database';
import { userProfileChanged } from '@plaza/events/contracts/accounts.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Clock } from '@plaza/kernel/clock';
import type { Logger } from '@plaza/telemetry/logger';
import { WorkQueue } from '../../work/work-queue.js';
import type { LinkVerifier } from './link-verifier.js';
import { linkIn } from './profile.policy.js';
import type { UserStore } from './user.store.js';

export interface ProfileLinkParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly verifier: LinkVerifier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publicUrl: string;
}

/**
 * Looks behind the links of profiles, after the change was answered. Best effort: what a restart or a flood drops is asked again when the person
 * saves the profile again.
 */
export class ProfileLinkService {
  readonly #parts: ProfileLinkParts;
  readonly #queue = new WorkQueue({ parallel: 4, waiting: 200 });
  readonly #running = new Set<Promise<unknown>>();
  readonly #end = new AbortController();

  constructor(parts: ProfileLinkParts) {
    this.#parts = parts;
  }

  verifySoon(person: { readonly id: string; readonly handle: string }, fields: readonly { readonly value: string }[]): void {
    for (const value of new Set(fields.map((field) => field.value))) {
      const url = linkIn(value);
      if (url === null) continue;
      const work = this.#queue
        .run(() => this.#verify(person, value, url))
        .catch((error: unknown) => this.#parts.logger.warn({ err: error, userId: person.id }, 'a profile link could not be verified'))
        .finally(() => this.#running.delete(work));
      this.#running.add(work);
    }
  }

  /** Resolves when nothing is being looked at. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.idle();
  }

  async #verify(person: { readonly id: string; readonly handle: string }, value: string, url: URL): Promise<void> {
    const { database, outbox, users, verifier, clock, publicUrl } = this.#parts;
    if (this.#end.signal.aborted) return;
    const links = await verifier.verify(url, `${publicUrl}/@${person.handle}`, this.#end.signal);
    if (!links || this.#end.signal.aborted) return;
    await database.transaction(async (tx) => {
      await users.lock(tx, person.id);
      if (await users.markVerified(tx, person.id, value, clock.now())) await outbox.append(tx, userProfileChanged, { userId: person.id });
    });
  }
}

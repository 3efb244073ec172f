import type { Database } from '@plaza/db/database';
import { userStateChanged } from '@plaza/events/contracts/accounts.events';
import type { Outbox } from '@plaza/events/outbox';
import { badUserInput } from '@plaza/kernel/fault';
import type { AuthorState } from '@plaza/visibility/can-see';
import type { SessionService } from '../session/session.service.js';
import type { UserStore } from './user.store.js';

/** Moderation's and erasure's lever. */
export class UserStateService {
  readonly #database: Database<unknown>;
  readonly #outbox: Outbox;
  readonly #users: UserStore;
  readonly #sessions: SessionService;

  constructor(parts: { database: Database<unknown>; outbox: Outbox; users: UserStore; sessions: SessionService }) {
    this.#database = parts.database;
    this.#outbox = parts.outbox;
    this.#users = parts.users;
    this.#sessions = parts.sessions;
  }

  /**
   * Whoever leaves ACTIVE is signed out everywhere by the same transaction. The state that it is in already changes nothing.
   * @throws Fault BAD_USER_INPUT for an unknown person and for one who is erased: that is for good.
   */
  async set(userId: string, state: AuthorState): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const person = await this.#users.lock(tx, userId);
      if (person === null) throw badUserInput('There is no such user.');
      if (person.state === state) return;
      if (person.state === 'ERASED') throw badUserInput('An erased account does not come back.');
      await this.#users.setState(tx, userId, state);
      if (state !== 'ACTIVE') await this.#sessions.endAll(tx, userId);
      await this.#outbox.append(tx, userStateChanged, { userId, state });
    });
  }
}

import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { toTypeId } from '@plaza/kernel/type-id';
import type { Logger } from '@plaza/telemetry/logger';
import type { EndpointStore } from './endpoint.store.js';
import type { FirstTold, Messenger } from './notice.service.js';
import type { Presence, PushPort } from './push-port.js';
import type { DuePush, NewPush, PushStore } from './push.store.js';

const AT_ONCE = 20;
/** Longer than any attempt takes. */
const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 5;
const RETRY_MS = 30_000;
/** Whoever has Plaza open has so long to look there first. */
export const PRESENT_MS = 30_000;

export interface PushParts {
  readonly pushes: PushStore;
  readonly endpoints: EndpointStore;
  readonly port: PushPort;
  readonly presence: Presence;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells devices that something is new: once for each notification, at once or, while its reader has Plaza open, if it is still unread a little later. */
export class PushService implements Messenger {
  readonly #parts: PushParts;

  constructor(parts: PushParts) {
    this.#parts = parts;
  }

  async note(tx: Tx, told: readonly FirstTold[]): Promise<void> {
    const news = told.filter(({ given, opens }) => opens && (given.push || given.sms));
    if (news.length === 0) return;
    const { pushes, endpoints, clock } = this.#parts;
    const reachable = await endpoints.reachable(tx, [...new Set(news.map(({ cause }) => cause.userId))]);
    const wanted = news.flatMap(({ cause: { userId, notificationId }, given }): NewPush[] => {
      const ways = reachable.filter((one) => one.userId === userId && (one.bySms ? given.sms : given.push));
      return ways.map(({ bySms }) => ({ userId, notificationId, channel: bySms ? 'SMS' : 'PUSH' }));
    });
    if (wanted.length > 0) await pushes.add(tx, wanted, clock.now());
  }

  /** Sends what is due. Any number of processes may do it at once. */
  async tend(): Promise<void> {
    const { pushes, clock } = this.#parts;
    for (let taken = AT_ONCE; taken === AT_ONCE;) {
      const now = clock.now();
      const due = await pushes.takeDue(now, new Date(now.getTime() + LEASE_MS), AT_ONCE);
      await Promise.all(due.map((push) => this.#settle(push, now)));
      taken = due.length;
    }
  }

  async #settle(push: DuePush, now: Date): Promise<void> {
    const { pushes, presence, logger } = this.#parts;
    if (push.attempt === 1 && push.kind !== null && (await presence.isOnline(push.userId))) {
      return pushes.postpone(push, new Date(now.getTime() + PRESENT_MS));
    }
    try {
      await this.#send(push);
    } catch (error) {
      logger.info({ err: error, pushId: push.id, attempt: push.attempt }, 'a push message did not go');
      if (push.attempt < MAX_ATTEMPTS) return pushes.postpone(push, new Date(now.getTime() + RETRY_MS * push.attempt));
    }
    await pushes.remove(push);
  }

  async #send({ userId, channel, kind, notificationId }: DuePush): Promise<void> {
    if (kind === null) return;
    const { endpoints, port } = this.#parts;
    const where = (await endpoints.of([userId])).filter((endpoint) => (endpoint.channel === 'SMS') === (channel === 'SMS'));
    const outcomes = await Promise.allSettled(
      where.map(async (endpoint) => {
        const outcome = await port.send(endpoint, { notificationId: toTypeId('notification', notificationId), kind });
        if (outcome === 'gone') await endpoints.forget(endpoint.id);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    // All of a person's devices are told again: a message has the notification's id, so that one which has it shows nothing new.
    if (failed !== undefined) throw failed.reason;
  }
}

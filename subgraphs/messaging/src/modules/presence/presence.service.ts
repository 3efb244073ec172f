import type { FieldError } from '@plaza/kernel/field-errors';
import { Signal } from '@plaza/kernel/signal';
import type { LiveBus } from '@plaza/live/live-bus';
import { roughly } from './presence.policy.js';
import type { Here, PresenceRegistry, PresenceStatus } from './presence-registry.js';
import type { LastSeenStore } from './last-seen.store.js';

export interface PresenceParts {
  readonly registry: PresenceRegistry;
  readonly lastSeen: LastSeenStore;
  readonly bus: LiveBus;
}

/** Somebody's presence, whether or not anybody may see it. */
export interface PresenceState {
  readonly userId: string;
  readonly status: PresenceStatus;
  readonly lastSeenAt: Date | null;
}

/** Nobody says that a device has fallen silent: those who watch look again after this. */
const LOOK_MS = 15_000;
/** What happens within this is told together, and what is taken back within it not at all. */
const SETTLE_MS = 1_000;

const NOWHERE: Here = { status: 'OFFLINE', heardAt: null };

const channelOf = (userId: string): string => `messaging:presence:${userId}`;

/** Who is here. Only those who are watched cost anything beyond their own word. */
export class PresenceService {
  readonly #parts: PresenceParts;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  async beat(
    userId: string,
    { deviceId, isIdle, isLeaving }: { readonly deviceId: string; readonly isIdle: boolean; readonly isLeaving: boolean },
  ): Promise<readonly FieldError[]> {
    if (deviceId.trim() === '' || deviceId.length > 100) return [{ path: 'deviceId', message: 'From 1 to 100 characters.' }];
    const { registry, lastSeen, bus } = this.#parts;
    const { before, now } = isLeaving ? await registry.leave(userId, deviceId) : await registry.beat(userId, deviceId, isIdle);
    if (now.status !== before.status) bus.publish(channelOf(userId), '');
    // A statement in five minutes a person, and one when they go.
    if (now.heardAt !== null && (stepOf(now) !== stepOf(before) || (now.status === 'OFFLINE' && before.status !== 'OFFLINE')))
      await lastSeen.put(userId, now.heardAt);
    return [];
  }

  /** Whether a device of theirs is in use, as far as the registry knows. */
  async isOnline(userId: string): Promise<boolean> {
    const [here] = await this.#parts.registry.of([userId]);
    return here?.status === 'ONLINE';
  }

  /** One statement at most, for those of whom the registry has heard nothing. */
  async of(userIds: readonly string[]): Promise<readonly PresenceState[]> {
    const { registry, lastSeen } = this.#parts;
    const here = await registry.of(userIds);
    const unheard = userIds.filter((_userId, index) => (here[index]?.heardAt ?? null) === null);
    const kept = new Map(unheard.length === 0 ? [] : (await lastSeen.byUsers(unheard)).map(({ userId, at }) => [userId, at]));
    return userIds.map((userId, index) => {
      const { status, heardAt } = here[index] ?? NOWHERE;
      const at = heardAt ?? kept.get(userId) ?? null;
      return { userId, status, lastSeenAt: status === 'ONLINE' || at === null ? null : roughly(at) };
    });
  }

  /** Each as it is now, then as it changes, until the signal. */
  async *watch(userIds: readonly string[], signal: AbortSignal): AsyncGenerator<PresenceState, void, undefined> {
    const { bus } = this.#parts;
    const woken = new Signal();
    const wake = (): void => woken.raise();
    signal.addEventListener('abort', wake);
    const told = new Map<string, PresenceStatus>();
    const detach = await Promise.all(userIds.map((userId) => bus.attach(channelOf(userId), wake)));
    try {
      while (!signal.aborted) {
        for (const state of await this.of(userIds)) {
          if (told.get(state.userId) === state.status) continue;
          told.set(state.userId, state.status);
          yield state;
        }
        await woken.wait(LOOK_MS);
        if (!signal.aborted) await new Promise((settled) => setTimeout(settled, SETTLE_MS));
      }
    } finally {
      signal.removeEventListener('abort', wake);
      for (const leave of detach) leave();
    }
  }
}

const stepOf = ({ heardAt }: Here): number => (heardAt === null ? 0 : roughly(heardAt).getTime());

import type { Clock } from '@plaza/kernel/clock';

export type PresenceStatus = 'ONLINE' | 'IDLE' | 'OFFLINE';

/** Where somebody's devices are. */
export interface Here {
  readonly status: PresenceStatus;
  /** When a device of theirs was last heard of; null: never, as far as this process knows. */
  readonly heardAt: Date | null;
}

/** A device is to be heard of within this. */
export const BEAT_MS = 30_000;
/** One that is not heard of for so long is gone: two words may get lost, and a short tunnel is no absence. */
export const GONE_MS = 2 * BEAT_MS;
/** One person's devices; whoever has more loses sight of the oldest. */
const MAX_DEVICES = 20;

/** Who is here, by the words of their devices. Known to the processes that share it; nothing of it outlives them but {@link Here.heardAt}. */
export interface PresenceRegistry {
  beat(userId: string, deviceId: string, isIdle: boolean): void;
  leave(userId: string, deviceId: string): void;
  of(userId: string): Here;
}

interface Device {
  readonly at: number;
  readonly isIdle: boolean;
}

/** For one process. */
export class InProcessPresence implements PresenceRegistry {
  readonly #clock: Clock;
  readonly #devices = new Map<string, Map<string, Device>>();
  readonly #heard = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  beat(userId: string, deviceId: string, isIdle: boolean): void {
    const at = this.#clock.now().getTime();
    const devices = this.#devices.get(userId) ?? new Map<string, Device>();
    devices.delete(deviceId);
    devices.set(deviceId, { at, isIdle });
    const [oldest] = devices.keys();
    if (devices.size > MAX_DEVICES && oldest !== undefined) devices.delete(oldest);
    this.#devices.set(userId, devices);
    this.#heard.set(userId, at);
  }

  leave(userId: string, deviceId: string): void {
    this.#devices.get(userId)?.delete(deviceId);
    this.#heard.set(userId, this.#clock.now().getTime());
  }

  of(userId: string): Here {
    const now = this.#clock.now().getTime();
    const devices = [...(this.#devices.get(userId)?.values() ?? [])].filter(({ at }) => now - at < GONE_MS);
    const heard = this.#heard.get(userId);
    const status = devices.some(({ isIdle }) => !isIdle) ? 'ONLINE' : devices.length > 0 ? 'IDLE' : 'OFFLINE';
    return { status, heardAt: heard === undefined ? null : new Date(heard) };
  }

  /** Forgets devices that are gone, and people of whom nothing was heard for a day: the database knows of those. */
  sweep(): void {
    const now = this.#clock.now().getTime();
    for (const [userId, devices] of this.#devices) {
      for (const [deviceId, { at }] of devices) if (now - at >= GONE_MS) devices.delete(deviceId);
      if (devices.size === 0) this.#devices.delete(userId);
    }
    for (const [userId, at] of this.#heard) if (now - at > 24 * 60 * 60_000) this.#heard.delete(userId);
  }
}

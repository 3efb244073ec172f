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
export const MAX_DEVICES = 20;

/** What a word of a device has changed. */
export interface Heard {
  readonly before: Here;
  readonly now: Here;
}

/** Who is here, by the words of their devices. Known to the processes that share it; nothing of it outlives them but {@link Here.heardAt}. */
export interface PresenceRegistry {
  beat(userId: string, deviceId: string, isIdle: boolean): Promise<Heard>;
  leave(userId: string, deviceId: string): Promise<Heard>;
  /** In the order of the people. */
  of(userIds: readonly string[]): Promise<readonly Here[]>;
}

/** The last word of a device. */
export interface Device {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly isIdle: boolean;
}

/** Where somebody is whose devices were last heard of like this. */
export function hereBy(devices: readonly Device[], heard: number | undefined, now: number): Here {
  const present = devices.filter(({ at }) => now - at < GONE_MS);
  const status = present.some(({ isIdle }) => !isIdle) ? 'ONLINE' : present.length > 0 ? 'IDLE' : 'OFFLINE';
  return { status, heardAt: heard === undefined ? null : new Date(heard) };
}

/** For one process. */
export class InProcessPresence implements PresenceRegistry {
  readonly #clock: Clock;
  readonly #devices = new Map<string, Map<string, Device>>();
  readonly #heard = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async beat(userId: string, deviceId: string, isIdle: boolean): Promise<Heard> {
    const before = this.#here(userId);
    const at = this.#clock.now().getTime();
    const devices = this.#devices.get(userId) ?? new Map<string, Device>();
    devices.delete(deviceId);
    devices.set(deviceId, { at, isIdle });
    const [oldest] = devices.keys();
    if (devices.size > MAX_DEVICES && oldest !== undefined) devices.delete(oldest);
    this.#devices.set(userId, devices);
    this.#heard.set(userId, at);
    return { before, now: this.#here(userId) };
  }

  async leave(userId: string, deviceId: string): Promise<Heard> {
    const before = this.#here(userId);
    this.#devices.get(userId)?.delete(deviceId);
    this.#heard.set(userId, this.#clock.now().getTime());
    return { before, now: this.#here(userId) };
  }

  async of(userIds: readonly string[]): Promise<readonly Here[]> {
    return userIds.map((userId) => this.#here(userId));
  }

  #here(userId: string): Here {
    const devices = [...(this.#devices.get(userId)?.values() ?? [])];
    return hereBy(devices, this.#heard.get(userId), this.#clock.now().getTime());
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

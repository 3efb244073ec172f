import { createHash } from 'node:crypto';
import { Fault } from '@plaza/kernel/fault';
import type { Counter, Counters } from '@plaza/auth/counters';
import type { AccountsLimits, AppLimits, MailLimits } from '../config.js';
import { placeOf } from './network-address.policy.js';

const HOUR = 3_600;

/**
 * How often somebody may try. Each attempt counts, however it is wrapped: aliases and batches are attempts of their own. Work without an address
 * is Plaza's own and is not counted by address.
 */
export class Limits {
  readonly #register: Counter;
  readonly #loginByAddress: Counter;
  readonly #loginByName: Counter;
  readonly #refresh: Counter;
  readonly #mailByAddress: Counter;
  readonly #mailByName: Counter;
  readonly #app: Counter;
  readonly #grant: Counter;

  constructor(limits: AccountsLimits, mail: MailLimits, apps: AppLimits, counters: Counters) {
    const perHour = (name: string, points: number): Counter => counters.counter({ name: `accounts:${name}`, points, seconds: HOUR });
    this.#register = perHour('register', limits.registerPerAddress);
    this.#loginByAddress = perHour('login-address', limits.loginPerAddress);
    this.#loginByName = perHour('login-name', limits.loginPerName);
    this.#refresh = perHour('refresh', limits.refreshPerAddress);
    this.#mailByAddress = perHour('mail-address', mail.perAddress);
    this.#mailByName = perHour('mail-name', mail.perName);
    this.#app = perHour('app', apps.registeredPerAddress);
    this.#grant = perHour('grant', apps.askedPerAddress);
  }

  /** @throws Fault RATE_LIMITED, as all of these. */
  async register(address: string | null): Promise<void> {
    if (address !== null) await spend(this.#register, placeOf(address));
  }

  /**
   * `name` is what was typed, not whose it is: else a used-up handle would tell which e-mail address belongs to it. A place from which the person
   * is signed in has a count of its own: strangers cannot lock anybody out of their own device.
   */
  async login({
    address,
    name,
    isKnownPlace,
  }: {
    readonly address: string | null;
    readonly name: string;
    readonly isKnownPlace: boolean;
  }): Promise<void> {
    if (address !== null) await spend(this.#loginByAddress, placeOf(address));
    const key = isKnownPlace && address !== null ? `${name} ${placeOf(address)}` : name;
    // Hashed, because what was typed can be of any length.
    await spend(this.#loginByName, createHash('sha256').update(key).digest('base64url'));
  }

  /** Somebody wants a mail sent. `name` is whose, or what was typed: as with logins, else it would tell whose it is. */
  async mail({ address, name }: { readonly address: string | null; readonly name: string }): Promise<void> {
    if (address !== null) await spend(this.#mailByAddress, placeOf(address));
    await spend(this.#mailByName, createHash('sha256').update(name).digest('base64url'));
  }

  /** Somebody registers an app. */
  async app(address: string | null): Promise<void> {
    if (address !== null) await spend(this.#app, placeOf(address));
  }

  /** Somebody is brought to the page of consent, or an app wants a token, or gives one back. */
  async grant(address: string | null): Promise<void> {
    if (address !== null) await spend(this.#grant, placeOf(address));
  }

  async refresh(address: string | null): Promise<void> {
    if (address !== null) await spend(this.#refresh, placeOf(address));
  }
}

async function spend(counter: Counter, key: string): Promise<void> {
  const { allowed, resetMs } = await counter.take(key);
  if (allowed) return;
  throw new Fault('RATE_LIMITED', 'Too many attempts. Try again later.', { retryAfter: Math.max(1, Math.ceil(resetMs / 1_000)) });
}

import { rulesOf } from '../access/token-class.js';
import type { Asker } from '../identity/identify.js';
import type { RateLimits } from './limits.js';
import type { Counters } from '@plaza/auth/counters';
import { type Allowance, networkOf, RateLimiter, takeOne } from './rate-limit.js';

const NO_LIMIT = { requests: 0, seconds: 60 };

/** How many requests somebody may send: from one network, and for one account or one app of it. */
export class RequestLimits {
  readonly #addresses: RateLimiter;
  readonly #accounts: RateLimiter;
  readonly #apps: RateLimiter;

  constructor({ address, account, apps = NO_LIMIT }: RateLimits, counters?: Counters) {
    this.#addresses = new RateLimiter('address', address, counters);
    this.#accounts = new RateLimiter('account', account, counters);
    this.#apps = new RateLimiter('app', apps, counters);
  }

  /** Before anybody knows who asks. @throws Fault RATE_LIMITED */
  async ofAddress(address: string, tell?: (allowance: Allowance) => void): Promise<void> {
    await takeOne(this.#addresses, networkOf(address), tell);
  }

  /** An app has a count of its own for each person, so that it never uses up theirs. @throws Fault RATE_LIMITED */
  async ofAsker(asker: Asker, tell?: (allowance: Allowance) => void): Promise<void> {
    const { identity, app } = asker;
    if (rulesOf(asker).budget === 'apps') await takeOne(this.#apps, `${app?.clientId ?? ''} ${identity?.userId ?? ''}`, tell);
    else if (identity !== null) await takeOne(this.#accounts, identity.userId, tell);
  }
}

import { hash, parseOptions, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { Fault } from '@plaza/kernel/fault';
import type { AccountsConfig } from '../config.js';
import { normalPassword } from './password.policy.js';
import { WorkQueue } from '../work/work-queue.js';

const RETRY_SECONDS = 5;

/**
 * Passwords to hashes and back, off the event loop: argon2id of today's cost for new ones, whatever a stored one is tagged with to check it.
 * One hash costs 40 ms of a core, so two run at a time and the feeds stay quick under a flood of logins.
 */
export class PasswordHasher {
  readonly #cost: { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };
  readonly #queue: WorkQueue;
  #nobody: Promise<string> | undefined;

  constructor({ argon2, hashing }: Pick<AccountsConfig, 'argon2' | 'hashing'>) {
    this.#cost = { memoryCost: argon2.memoryKib, timeCost: argon2.passes, parallelism: 1 };
    this.#queue = new WorkQueue(hashing);
  }

  /** @throws Fault RATE_LIMITED when too many are waiting. */
  hash(password: string): Promise<string> {
    return this.#run(() => hash(normalPassword(password), this.#cost));
  }

  /** Whether the password belongs to the hash. Null is nobody's: it takes as long and is always false. @throws Fault RATE_LIMITED */
  async verify(stored: string | null, password: string): Promise<boolean> {
    this.#nobody ??= hash('nobody has this password', this.#cost);
    const against = stored ?? (await this.#nobody);
    const normal = normalPassword(password);
    const matches = await this.#run(() => (against.startsWith('$argon2id$') ? verify(against, normal) : verifyBcrypt(normal, against)));
    return matches && stored !== null;
  }

  /** Whether a hash should be made anew: another algorithm or less than today's cost. */
  isOutdated(stored: string): boolean {
    if (!stored.startsWith('$argon2id$')) return true;
    const { memoryCost, timeCost } = parseOptions(stored);
    return memoryCost < this.#cost.memoryCost || timeCost < this.#cost.timeCost;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const outcome = await this.#queue.run(work);
    if (outcome.kind === 'full') throw new Fault('RATE_LIMITED', 'Too many people are signing in just now.', { retryAfter: RETRY_SECONDS });
    return outcome.value;
  }
}

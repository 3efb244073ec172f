import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { PlanTooLargeError } from './planner.js';

/** Some kilobytes each: an error remembers where it was made. */
const KEPT = 1_000;
/** What the planner cannot do does not change; what took too long may have had bad luck. */
const MINUTE = 60_000;

/** Operations that no plan was made for, so that asking again costs nothing. */
export class Refusals {
  readonly #known = new LRUCache<string, GraphQLError | PlanTooLargeError>({ max: KEPT });

  note(key: string, error: unknown): void {
    if (error instanceof GraphQLError) this.#known.set(key, error);
    else if (error instanceof PlanTooLargeError) this.#known.set(key, error, { ttl: MINUTE });
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  /** @throws the error that was noted */
  check(key: string): void {
    const known = this.#known.get(key);
    if (known !== undefined) throw known;
  }
}

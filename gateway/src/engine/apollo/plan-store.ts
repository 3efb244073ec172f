import type { QueryPlan } from '@apollo/query-planner';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { LRUCache } from 'lru-cache';

const MIB = 1_048_576;

/** Plans by operation key, the least used give way once together they pass the size. In the shape that ApolloGateway takes as its cache. */
export class PlanStore {
  readonly #plans: LRUCache<string, QueryPlan>;
  readonly #count = cacheCount('plans');

  constructor(maxMiB: number) {
    // The size of a plan is that of its JSON: the fetches' texts are most of it. Measured once, when it is made.
    this.#plans = new LRUCache({ maxSize: maxMiB * MIB, sizeCalculation: (plan) => Math.max(1, JSON.stringify(plan).length) });
  }

  peek(key: string): QueryPlan | undefined {
    const known = this.#plans.get(key);
    this.#count[known === undefined ? 'misses' : 'hits'] += 1;
    return known;
  }

  async get(key: string): Promise<QueryPlan | undefined> {
    return this.peek(key);
  }

  async set(key: string, plan: QueryPlan): Promise<void> {
    this.#plans.set(key, plan);
  }

  async delete(key: string): Promise<boolean> {
    return this.#plans.delete(key);
  }

  clear(): void {
    this.#plans.clear();
  }
}

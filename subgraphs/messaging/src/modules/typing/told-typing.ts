import { LRUCache } from 'lru-cache';

/** The same is told again after this. */
export const EVERY_MS = 3_000;
const MAX_REMEMBERED = 10_000;

/** What was told last of somebody who writes, for a few seconds, among the processes that share it. */
export interface ToldTyping {
  /** False: just this was told a moment ago. Asking tells. */
  isNews(conversationId: string, userId: string, isTyping: boolean): Promise<boolean>;
}

/** For one process. */
export class InProcessToldTyping implements ToldTyping {
  readonly #told = new LRUCache<string, boolean>({ max: MAX_REMEMBERED, ttl: EVERY_MS });

  async isNews(conversationId: string, userId: string, isTyping: boolean): Promise<boolean> {
    const key = `${conversationId} ${userId}`;
    if (this.#told.get(key) === isTyping) return false;
    this.#told.set(key, isTyping);
    return true;
  }
}

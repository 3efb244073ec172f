import type { LiveResult } from '@plaza/calls/subgraph-port';
import { postOfId } from './ids.js';

export const LIVE = `subscription ($after: String) { homeFeedUpdated(after: $after) { __typename cursor
  ... on FeedItemInserted { insertedAt source { kind user { id } } item { ... on Post { id } } }
  ... on FeedItemUpdated { item { ... on Post { id } } } ... on FeedItemRemoved { itemId } ... on Resync { reason } } }`;

/** An event as a client sees it, with a UUID for its item. */
export interface Told {
  readonly kind: 'INSERTED' | 'UPDATED' | 'REMOVED' | 'RESYNC';
  readonly postId: string;
  readonly reason: string | null;
  readonly cursor: string;
}

interface Wire {
  readonly __typename: string;
  readonly cursor: string;
  readonly item?: { readonly id: string };
  readonly itemId?: string;
  readonly reason?: string;
}

const KINDS: Readonly<Record<string, Told['kind']>> = {
  FeedItemInserted: 'INSERTED',
  FeedItemUpdated: 'UPDATED',
  FeedItemRemoved: 'REMOVED',
  Resync: 'RESYNC',
};

/** A socket on somebody's live feed: takes what comes as it comes. */
export class LiveFeed {
  readonly told: Told[] = [];
  /** How it ended, if it did. */
  end: { readonly error?: unknown } | null = null;
  readonly #stream: AsyncIterableIterator<LiveResult>;
  readonly #done: Promise<void>;

  constructor(stream: AsyncIterableIterator<LiveResult>) {
    this.#stream = stream;
    this.#done = this.#take();
  }

  /** What it was told of posts: `+post`, `*post`, `-post`, or the reason to read anew. */
  get lines(): readonly string[] {
    const signs = { INSERTED: '+', UPDATED: '*', REMOVED: '-' };
    return this.told.map(({ kind, postId, reason }) => (kind === 'RESYNC' ? (reason ?? '') : `${signs[kind]}${postId}`));
  }

  /** That of the last event. */
  get cursor(): string | null {
    return this.told.at(-1)?.cursor ?? null;
  }

  /** Waits for so many events. @throws when they do not come within a while */
  async has(count: number): Promise<readonly string[]> {
    for (let tries = 0; this.told.length < count; tries += 1) {
      if (tries === 1_000) throw new Error(`${this.told.length} of ${count} events came: ${this.lines.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.lines;
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<void> {
    return this.#done;
  }

  async close(): Promise<void> {
    await this.#stream.return?.();
    await this.#done;
  }

  async #take(): Promise<void> {
    try {
      for await (const { data, errors } of this.#stream) {
        if (data == null && errors === undefined) continue;
        const event = (data as { homeFeedUpdated: Wire | null } | null | undefined)?.homeFeedUpdated; // what LIVE selects
        if (event == null) throw new Error(JSON.stringify(errors));
        const { __typename, cursor, item, itemId, reason } = event;
        const kind = KINDS[__typename];
        if (kind === undefined) throw new Error(`an event of type ${__typename}`);
        this.told.push({ kind, postId: postOfId(item?.id ?? itemId ?? ''), reason: reason ?? null, cursor });
      }
      this.end = {};
    } catch (error) {
      this.end = { error };
    }
  }
}

import type { Client } from 'graphql-ws';
import { cuttableClient } from '../cuttable-client.js';
import { trusted } from '../story/documents.js';
import { until } from '../story/expect.js';

/** An event of `homeFeedUpdated`, as the manifest's document asks for it. */
export interface FeedTold {
  readonly cursor: string;
  readonly item?: { readonly id: string; readonly text: string; readonly author: { readonly handle: string } } | null;
  readonly itemId?: string;
  readonly reason?: string;
}

/** Somebody's open feed on a socket of its own; it does not reconnect by itself. */
export class FeedLine {
  readonly told: FeedTold[] = [];
  /** Whether the line is over, however. */
  isOver = false;
  readonly #client: Client;
  readonly #cut: () => void;

  constructor(url: string, token: string, after: string | null = null) {
    const { client, cut } = cuttableClient(url, token);
    this.#client = client;
    this.#cut = cut;
    const over = (): void => void (this.isOver = true);
    this.#client.subscribe<{ homeFeedUpdated: FeedTold | null }>(
      { query: trusted('HomeFeedUpdated').body, variables: { after } },
      {
        next: ({ data }) => {
          if (data?.homeFeedUpdated != null) this.told.push(data.homeFeedUpdated);
        },
        error: over,
        complete: over,
      },
    );
  }

  get cursor(): string | null {
    return this.told.at(-1)?.cursor ?? null;
  }

  async has(count: number): Promise<readonly FeedTold[]> {
    await until(`${count} events, not ${JSON.stringify(this.told)}`, 60_000, async () => this.told.length >= count);
    return this.told;
  }

  /** Cuts the line as a tunnel does. */
  async cut(): Promise<void> {
    this.#cut();
    await until('the line is cut', 60_000, async () => this.isOver);
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

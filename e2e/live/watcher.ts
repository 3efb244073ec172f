import type { Client } from 'graphql-ws';
import { cuttableClient } from '../cuttable-client.js';
import { trusted } from '../story/documents.js';

/** An event of `postActivity`, as the manifest's document asks for it. */
export interface Told {
  readonly cursor: string;
  readonly user?: { readonly id: string; readonly handle: string } | null;
  readonly likeCount?: number;
  readonly comment?: { readonly id: string; readonly text: string; readonly author?: { readonly handle: string } | null };
  readonly commentCount?: number;
  readonly commentId?: string;
  readonly reason?: string;
}

/** How a subscription ended. `broken`: the line, and it may be taken up again. */
export type End = 'completed' | 'broken' | { readonly errors: readonly { readonly message: string; readonly extensions?: unknown }[] };

/** One socket of somebody who watches posts, with the public client of the protocol. It does not reconnect by itself: who watches does. */
export class Line {
  readonly #client: Client;
  readonly #cut: () => void;

  /** @param token null for a guest */
  constructor(url: string, token: string | null) {
    const { client, cut } = cuttableClient(url, token, { lazyCloseTimeout: 1_000 });
    this.#client = client;
    this.#cut = cut;
  }

  /** Each event as it comes; resolves when there are no more. */
  async watch(postId: string, after: string | null, told: (event: Told) => void): Promise<End> {
    return new Promise((resolve) => {
      let unsubscribe = (): void => {};
      unsubscribe = this.#client.subscribe<{ postActivity: Told }>(
        { query: trusted('PostActivity').body, variables: { postId, after } },
        {
          next: ({ data, errors: wrong }) => {
            if (data != null) return told(data.postActivity);
            // Without it the next cursor would be behind it: whoever wants everything leaves here and comes again.
            resolve({ errors: wrong ?? [] });
            unsubscribe();
          },
          error: (error) => resolve(Array.isArray(error) ? { errors: error } : 'broken'),
          complete: () => resolve('completed'),
        },
      );
    });
  }

  /** Cuts the line as a tunnel does: no word to either side. */
  cut(): void {
    this.#cut();
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { trusted } from '../story/documents.js';
import type { Told } from '../live/watcher.js';

/** Comes back at once, and not all at the same moment. */
const COMES_BACK_MS = 200;

const LOOK_MS = 500;
const WITHIN_MS = 120_000;

/** One socket that watches a post, by the stock client of the protocol: it comes back by itself with the last cursor. */
export class Ear {
  readonly postId: string;
  /** Ids of the comments that it was told of. */
  readonly heard = new Set<string>();
  /** For how many milliseconds it was away, each time. */
  readonly away: number[] = [];
  /** By which codes it was closed, and what its subscription was told in the place of an event. */
  readonly codes: string[] = [];
  /** Comments that it was told of again. */
  twice = 0;
  isHere = false;
  readonly #leave: () => Promise<void>;

  constructor(url: string, token: string, postId: string) {
    this.postId = postId;
    let cursor: string | null = null;
    let closedAt: number | null = null;
    let isOver = false;
    const client = createClient({
      url: url.replace(/^http/u, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      lazy: false,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: async () => new Promise((again) => setTimeout(again, Math.random() * COMES_BACK_MS)),
      shouldRetry: () => true,
      on: {
        connected: () => {
          if (closedAt !== null) this.away.push(performance.now() - closedAt);
          closedAt = null;
          this.isHere = true;
        },
        closed: (event) => {
          // Tries that fail belong to the same absence.
          if (isOver || closedAt !== null) return;
          closedAt = performance.now();
          this.codes.push(String((event as { readonly code?: number }).code));
        },
      },
    });
    const listen = (): void => {
      client.subscribe<{ postActivity: Told }>(
        {
          query: trusted('PostActivity').body,
          variables: {
            postId,
            get after() {
              return cursor;
            },
          },
        },
        {
          next: ({ data, errors }) => {
            if (errors !== undefined) this.codes.push(`told: ${JSON.stringify(errors).slice(0, 200)}`);
            if (data == null) return;
            cursor = data.postActivity.cursor;
            const { comment } = data.postActivity;
            if (comment === undefined) return;
            if (this.heard.has(comment.id)) this.twice += 1;
            this.heard.add(comment.id);
          },
          error: (error) => {
            this.codes.push(`ended: ${JSON.stringify(error).slice(0, 200)}`);
            again();
          },
          complete: () => again(),
        },
      );
    };
    // What could not be opened, because a part was away, is asked for again: from the last cursor, so that nothing is missed.
    const again = (): void => {
      if (!isOver) setTimeout(listen, COMES_BACK_MS);
    };
    listen();
    this.#leave = async () => {
      isOver = true;
      await client.dispose();
    };
  }

  async leave(): Promise<void> {
    await this.#leave();
  }
}

/**
 * Comments on every post that is watched until each ear has heard something: from then on it has a cursor to come back with, and what it hears counts.
 * @param comment n: the number of the post, for who is to write
 * @throws Error when one of them hears nothing
 */
export async function untilAllHear(ears: readonly Ear[], comment: (postId: string, n: number) => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + WITHIN_MS; ears.some((ear) => ear.heard.size === 0); await pause(LOOK_MS)) {
    if (performance.now() > end) throw new Error(`some sockets hear nothing: ${[...new Set(ears.flatMap((ear) => ear.codes))].join(', ')}`);
    const watched = new Set(ears.filter((ear) => ear.heard.size === 0).map((ear) => ear.postId));
    for (const [n, postId] of [...watched].entries()) await comment(postId, n);
  }
}

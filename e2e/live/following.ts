import type { Client } from 'graphql-ws';
import { cuttableClient } from '../cuttable-client.js';

/** With a field that is not the same for everybody: nobody shares it. */
export const OWN = `subscription OwnActivity($postId: ID!) {
  postActivity(postId: $postId) { cursor ... on CommentAdded { comment { id viewerHasLiked author { handle } } } }
}`;

interface Heard {
  readonly postActivity: { readonly comment?: { readonly id: string } };
}

/** One socket that listens to posts and never comes back. */
export class Following {
  /** Why its subscriptions ended, as long as it was not closed. */
  readonly ends: string[] = [];
  readonly #client: Client;
  readonly #heard = new Map<string, string[]>();
  #isClosed = false;

  /** @param token null for a guest */
  constructor(url: string, token: string | null) {
    this.#client = cuttableClient(url, token).client;
  }

  get isOver(): boolean {
    return this.ends.length > 0;
  }

  /** The comments that it was told of, by id, as they came. */
  heard(postId: string): readonly string[] {
    return this.#heard.get(postId) ?? [];
  }

  follow(postId: string, query: string): void {
    const heard: string[] = [];
    this.#heard.set(postId, heard);
    this.#client.subscribe<Heard>(
      { query, variables: { postId } },
      {
        next: ({ data, errors }) => {
          if (errors !== undefined) this.ends.push(JSON.stringify(errors));
          if (data?.postActivity.comment !== undefined) heard.push(data.postActivity.comment.id);
        },
        error: (error) => this.#end(error instanceof Error ? error.message : JSON.stringify(error)),
        complete: () => this.#end('completed'),
      },
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.dispose();
  }

  #end(why: string): void {
    if (!this.#isClosed) this.ends.push(why);
  }
}

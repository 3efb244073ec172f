import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLClient } from 'graphql-request';
import { trusted } from './documents.js';
import type { Answer } from './answer.js';
import { Live } from './live.js';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Somebody with a client in hand: graphql-request for the manifest's documents, Apollo Client for what a web page does. */
export class Person {
  readonly #url: string;
  readonly handle: string;
  userId = '';
  tokens: Tokens | null = null;

  constructor(url: string, handle: string) {
    this.#url = url;
    this.handle = handle;
  }

  get #headers(): Record<string, string> {
    return this.tokens === null ? {} : { authorization: `Bearer ${this.tokens.accessToken}` };
  }

  /** Plays a document of the manifest and returns its data. @throws when the answer has errors */
  async plays(name: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    return new GraphQLClient(this.#url, { headers: this.#headers }).request(trusted(name).body, variables);
  }

  /** A mutation of one root field: its payload. */
  async does(name: string, input: Record<string, unknown>): Promise<Answer> {
    const data = (await this.plays(name, { input })) as Record<string, Answer>;
    return Object.values(data)[0];
  }

  /** As a web page would: Apollo Client with its cache and its added __typename. */
  async browses(name: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const link = ApolloLink.from([new HttpLink({ uri: this.#url, headers: this.#headers })]);
    const client = new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes: { FeedItem: ['Post'] } }) });
    const { data } = await client.query({ query: gql(trusted(name).body), variables, fetchPolicy: 'network-only' });
    client.stop();
    return data;
  }

  /** A subscription of the manifest on a socket of its own. */
  follows(name: string, variables: Record<string, unknown> = {}): Live {
    return Live.on(this.#url, this.tokens?.accessToken ?? null, name, variables);
  }

  /** The body, byte for byte. */
  async raw(query: string, variables: Record<string, unknown> = {}): Promise<string> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  }

  /** Posts in this person's home feed, the newest first. */
  async home(first = 20): Promise<Answer[]> {
    const { me } = await this.browses('Home', { first });
    return me.homeFeed.edges.map((edge: Answer) => edge.node);
  }
}

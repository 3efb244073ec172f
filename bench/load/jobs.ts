import type { Failure } from './failures.js';

/** A load for the client process: each request with its own Authorization, one after the other or several side by side. */
export interface HomeJob {
  readonly kind: 'home';
  readonly url: string;
  readonly body: string;
  /** One request for each. */
  readonly readers: readonly Reader[];
  readonly clients: number;
}

export interface Reader {
  readonly token: string;
  /** An answer with more or fewer is a failure; null: it is no home page, and only errors are. */
  readonly posts: number | null;
}

/** Posts that are published, each then looked for in a follower's feed until it is there. */
export interface PublishJob {
  readonly kind: 'publish';
  readonly url: string;
  readonly publishBody: string;
  readonly homeBody: string;
  readonly pairs: readonly { readonly author: string; readonly follower: string }[];
  readonly clients: number;
}

export interface HomeResult {
  readonly latencies: readonly number[];
  readonly failures: readonly Failure[];
  readonly seconds: number;
  readonly bytes: number;
}

export interface PublishResult {
  readonly acknowledged: readonly number[];
  /** From the acknowledgement on. */
  readonly seen: readonly number[];
  readonly failures: readonly Failure[];
}

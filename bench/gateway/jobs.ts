import type { JWK } from 'jose';

/** What is played: the graph that gateways' benchmarks share, or Plaza's own with made-up data. */
export type Stage = 'standard' | 'plaza';

/** To subgraphs.process.ts. */
export interface SubgraphsJob {
  readonly stage: Stage;
  /** What the issuer of tokens publishes. */
  readonly keys: readonly JWK[];
}

/** Where each subgraph listens, by name. */
export type Origins = Readonly<Record<string, string>>;

/** What subgraphs were asked since they were last looked at. */
export interface Asked {
  /** Requests over HTTP; several fetches may go in one. */
  readonly exchanges: number;
  readonly fetches: number;
  /** Questions that are no GraphQL: what our gateway has to know of the viewer. */
  readonly calls: number;
  /** Both ways. */
  readonly bytes: number;
}

/** To a gateway of this folder. */
export interface GatewayJob {
  readonly stage: Stage;
  readonly supergraphSdl: string;
  readonly origins: Origins;
}

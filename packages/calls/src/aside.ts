import type { ExecutionResult } from 'graphql';

/** What a subgraph says of its own fields, by their coordinates (`Viewer.homeFeed`): that they are not now what they should be. */
export interface Amiss {
  /** What they say is older than it should be: what they are made of does not come, or comes late. */
  readonly stale: readonly string[];
  /** What they lead to cannot be had. */
  readonly degraded: readonly string[];
}

/** What a subgraph tells its asker beside the answer, in `extensions.aside`. It reaches no client. */
export interface Aside {
  /** Relation epochs, by the UUIDs of those whom they belong to, as a mutation has left them: see what is said of the epoch in docs/adr/0007. */
  readonly epochs?: Readonly<Record<string, number>>;
  /** Nothing while all is well. The asker makes of it the places in an answer. */
  readonly amiss?: Amiss;
}

const NOTHING: Aside = {};

/** The answer with what is told beside it. */
export const withAside = <T extends ExecutionResult>(answer: T, aside: Aside): T => ({
  ...answer,
  extensions: { ...answer.extensions, aside },
});

/** What was told beside an answer; empty where nothing was. */
export const asideOf = ({ extensions }: ExecutionResult): Aside => (extensions?.['aside'] as Aside | undefined) ?? NOTHING; // what `withAside` has written

import type { SubgraphName } from '@plaza/kernel/subgraph-name';

/** The database from which a subgraph's test databases are copied: migrated, empty. */
export const templateOf = (subgraph: SubgraphName): string => `template_${subgraph}`;

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster of this run: the address of its database `postgres`. */
    readonly postgresUrl: string;
  }
}

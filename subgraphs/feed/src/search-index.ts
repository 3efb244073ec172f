import type { Database } from '@plaza/db/database';
import { PostgresIndex } from '@plaza/search/postgres-index';
import type { SearchIndex } from '@plaza/search/search-index';
import type { FeedConfig } from './config.js';

export interface OpenIndex {
  readonly index: SearchIndex;
  close(): Promise<void>;
}

/** The index in OpenSearch where an address says so, else in the subgraph's database. */
export async function openIndex({ openSearch }: FeedConfig, database: Database<unknown>): Promise<OpenIndex> {
  if (openSearch === undefined) return { index: new PostgresIndex(database), close: async () => {} };
  const { OpenSearchIndex } = await import('@plaza/search/opensearch/opensearch-index');
  const index = new OpenSearchIndex(openSearch);
  return { index, close: () => index.close() };
}

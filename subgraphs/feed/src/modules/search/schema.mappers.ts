import type { SearchHit } from './search.service.js';

/** An edge with its cursor, which is sealed for the viewer. */
export type SearchEdgeMapper = SearchHit & { readonly cursor: string };

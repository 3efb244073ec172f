import { badUserInput } from '@plaza/kernel/fault';
import { pageSize } from '@plaza/kernel/page';
import { z } from 'zod';
import type { Context } from './../../../../context.js';
import type { SearchPosition } from '../../search.service.js';
import type { QueryResolvers } from './../../../types.generated.js';

const positions = z.object({
  rank: z.number().int(),
  kind: z.enum(['POST', 'USER', 'HASHTAG', 'PRODUCT']),
  id: z.string(),
  asOf: z.iso.datetime().transform((at) => new Date(at)),
});

export const search: NonNullable<QueryResolvers['search']> = async (_parent, { query, first, after, kinds }, context) => {
  const { viewer, scope, people, services } = context;
  const request = { query, kinds: kinds ?? null, first: pageSize(first), after: after == null ? null : opened(context, query, after) };
  const page = await services.search.page({ viewer, scope, people }, request);
  const seal = (position: SearchPosition): string => services.cursors.seal(streamOf(query), viewer?.id ?? null, position);
  const edges = page.hits.map((hit) => ({ ...hit, cursor: seal(hit.position) }));
  // A page that is turned is no new search. Nobody waits for it, and nothing depends on it.
  if (after == null) void services.queries.record(viewer?.id ?? null, query).catch(() => undefined);
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: page.resumeAt === null ? (edges.at(-1)?.cursor ?? null) : seal(page.resumeAt),
      hasNextPage: page.hasNextPage,
      hasPreviousPage: false,
    },
    warnings: page.warnings,
  };
};

/** A cursor fits the query that it was made for. */
const streamOf = (query: string): string => `search ${query}`;

/** @throws Fault BAD_USER_INPUT for a cursor of another query, viewer or list. */
function opened({ viewer, services }: Context, query: string, after: string): SearchPosition {
  const position = positions.safeParse(services.cursors.open(streamOf(query), viewer?.id ?? null, after));
  if (!position.success) throw badUserInput('The cursor is malformed.');
  return position.data;
}

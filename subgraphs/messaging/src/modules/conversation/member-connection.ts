import type { People } from '@plaza/calls/people';
import { sealCursor } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { MemberRow } from './conversation.store.js';

/** A page of members without those whom the viewer may not see. `rows` are up to one more than the page has. */
export async function memberConnection(rows: readonly MemberRow[], first: number, people: People) {
  const page = rows.slice(0, first);
  const sights = await people.sights(page.map(({ userId }) => userId));
  const cursorOf = ({ joinedAt, userId }: MemberRow): string => sealCursor({ at: joinedAt, id: userId });
  const edges = page.flatMap((row) => {
    const sight = sights.get(row.userId);
    if (sight === undefined || !canSeeUser(sight)) return [];
    return [{ cursor: cursorOf(row), role: row.role, joinedAt: row.joinedAt, node: { id: toTypeId('user', row.userId) } }];
  });
  const last = page.at(-1);
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: last === undefined ? null : cursorOf(last),
      hasNextPage: rows.length > first,
      hasPreviousPage: false,
    },
  };
}

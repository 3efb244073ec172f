import { belongsInLists, type Sight } from '@plaza/visibility/can-see';

/**
 * Whether an item that the post's owner lets the viewer see belongs in their home feed: neither who brought it nor who wrote it is muted, blocked
 * or gone, and who brought it is followed still, whatever the copy of the follow graph says.
 */
export function belongsInHome(viewerId: string, actor: Sight, author: Sight): boolean {
  if (!belongsInLists(actor) || !belongsInLists(author)) return false;
  return actor.authorId === viewerId || actor.relation.isFollowing;
}

import { canSeeUser, canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';

/** Whether a person may be found by the viewer: neither blocks the other. Who is muted is found when looked for. */
export const mayBeFound = (sight: Sight): boolean => canSeeUser(sight) && canSeeWorkOf(sight);

/** Whether a post that its owner lets the viewer see belongs into a result: not those of people who are muted, unless the query names them. */
export const belongsInResult = (author: Sight, isNamed: boolean): boolean =>
  mayBeFound(author) && (isNamed || author.viewerId === author.authorId || !author.relation.mutes);

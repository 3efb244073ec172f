import type { People } from '@plaza/calls/people';
import { canSeeUser } from '@plaza/visibility/can-see';
import { STRANGERS } from '@plaza/visibility/relation';
import { foldMention } from '../../identity/handle.policy.js';
import type { UserLoaders } from './user.loaders.js';
import type { UserRow } from './user.store.js';

/** One request's eyes: whom the viewer stands how to, and the people it has loaded. */
export interface Eyes {
  readonly people: People;
  readonly loaders: UserLoaders;
}

/** Who exists for whom. */
export class UserService {
  /** Null for a person whom the viewer may not see and for one who never was. */
  async visible(userId: string, { people, loaders }: Eyes): Promise<UserRow | null> {
    return shown(await loaders.userById.load(userId), people);
  }

  /** As {@link visible}, by what people write: `Anna`, `@anna`. */
  async visibleByHandle(text: string, { people, loaders }: Eyes): Promise<UserRow | null> {
    const handle = foldMention(text.trim());
    if (handle === null) return null;
    const user = await loaders.userByHandle.load(handle);
    if (user !== null) loaders.userById.prime(user.id, user);
    return shown(user, people);
  }

  /** A person before themselves. */
  async self(userId: string, loaders: UserLoaders): Promise<UserRow | null> {
    const user = await loaders.userById.load(userId);
    if (user === null) return null;
    return canSeeUser({ viewerId: userId, authorId: userId, authorState: user.state, relation: STRANGERS }) ? user : null;
  }
}

async function shown(user: UserRow | null, people: People): Promise<UserRow | null> {
  if (user === null) return null;
  const sight = await people.sight(user.id);
  // The state that was just read, not the one that may have been known for a second.
  return canSeeUser({ ...sight, authorState: user.state }) ? user : null;
}

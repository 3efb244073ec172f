import { byKey, byOwner } from '@plaza/db/loaders';
import type { ProfileFieldRow, UserRow, UserStore } from './user.store.js';

/** One request's people, whether the viewer may see them or not: ask UserService who may be shown. */
export function userLoaders(users: UserStore) {
  return {
    userById: byKey<string, UserRow>(
      (ids) => users.byIds(ids),
      ({ id }) => id,
    ),
    userByHandle: byKey<string, UserRow>(
      (handles) => users.byHandles(handles),
      ({ handle }) => handle,
    ),
    fieldsByUser: byOwner<string, ProfileFieldRow>(
      (ids) => users.fieldsOf(ids),
      ({ userId }) => userId,
    ),
  };
}

export type UserLoaders = ReturnType<typeof userLoaders>;

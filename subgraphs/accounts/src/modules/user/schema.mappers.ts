import type { ProfileFieldRow, UserRow } from './user.store.js';

export type UserMapper = UserRow;
export type ProfileFieldMapper = ProfileFieldRow;

import { sealCursor } from '@plaza/kernel/page';
import { connection } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import type { UserPage } from './relation.loaders.js';

export const userConnection = (page: UserPage) => connection(page, keysetOf, sealCursor, ({ userId }) => ({ node: { userId } }));

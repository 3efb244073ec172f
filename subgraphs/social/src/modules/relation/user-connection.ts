import { sealCursor } from '@plaza/kernel/page';
import { connection } from '../../lists/full-pages.js';
import { keysetOf } from '../../lists/keyset.js';
import type { UserPage } from './relation.loaders.js';

export const userConnection = (page: UserPage) => connection(page, keysetOf, sealCursor, ({ userId }) => ({ node: { userId } }));

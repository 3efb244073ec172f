import type { Keyset } from '@plaza/kernel/page';
import type { Ask } from './full-pages.js';

/** A row of a list that is ordered by (at, id). */
export interface KeysetRow extends Keyset {
  readonly ownerId: string;
}

/** Where a row stands. */
export const keysetOf = ({ at, id }: Keyset): Keyset => ({ at, id });

/** Beyond every UUID. */
export const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Before every UUID. */
export const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** Asks as columns for `unnest`, newest first: no position is beyond everything, so one statement serves first and later pages by its index. */
export function newestFirst(asks: readonly Ask<Keyset>[]) {
  return {
    owners: asks.map(({ ownerId }) => ownerId),
    ats: asks.map(({ after }) => after?.at.toISOString() ?? 'infinity'),
    ids: asks.map(({ after }) => after?.id ?? HIGHEST_ID),
  };
}

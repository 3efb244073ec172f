import { badUserInput } from './fault.js';

export const MAX_PAGE_SIZE = 100;

/** A position in a list that is ordered by (at, id): a keyset, so what arrives meanwhile moves nothing. */
export interface Keyset {
  readonly at: Date;
  readonly id: string;
}

/** What a list resolver asks its store for. */
export interface PageRequest {
  /** 0 to {@link MAX_PAGE_SIZE}. */
  readonly first: number;
  readonly after: Keyset | null;
}

/** Up to `first` items and whether more follow. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
}

/** Checks `first` and opens `after`. @throws Fault BAD_USER_INPUT for a size out of bounds or a cursor that is none of ours. */
export function pageRequest(args: { readonly first: number; readonly after?: string | null | undefined }): PageRequest {
  return { first: pageSize(args.first), after: args.after == null ? null : openCursor(args.after) };
}

/** @throws Fault BAD_USER_INPUT when `first` is not within 0 and {@link MAX_PAGE_SIZE}. */
export function pageSize(first: number): number {
  if (!Number.isInteger(first) || first < 0 || first > MAX_PAGE_SIZE) throw badUserInput(`first must be from 0 to ${MAX_PAGE_SIZE}.`);
  return first;
}

/** An opaque cursor of a keyset: base64url of ISO time, to the millisecond, and id. */
export function sealCursor(position: Keyset): string {
  return Buffer.from(`${position.at.toISOString()} ${position.id}`).toString('base64url');
}

/** @throws Fault BAD_USER_INPUT for anything that {@link sealCursor} did not make. */
export function openCursor(cursor: string): Keyset {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const time = new Date(at);
  // Only what seals to the same text again is ours; PostgreSQL and we agree on the years within these.
  if (!YEAR.test(at) || Number.isNaN(time.getTime()) || !UUID.test(id) || sealCursor({ at: time, id }) !== cursor) {
    throw badUserInput('The cursor is malformed.');
  }
  return { at: time, id };
}

const YEAR = /^\d{4}-/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Cuts a page out of rows that were asked for with `LIMIT first + 1`. */
export function toPage<T>(rows: readonly T[], first: number): Page<T> {
  return { items: rows.slice(0, first), hasNextPage: rows.length > first };
}

/** A page as a Relay connection; `keyset` says where an item stands. */
export function toConnection<T, N>(page: Page<T>, keyset: (item: T) => Keyset, node: (item: T) => N) {
  const edges = page.items.map((item) => ({ cursor: sealCursor(keyset(item)), node: node(item) }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: page.hasNextPage,
      hasPreviousPage: false,
    },
  };
}

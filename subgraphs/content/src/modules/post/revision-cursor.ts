import { badUserInput } from '@plaza/kernel/fault';
import type { Page } from '@plaza/kernel/page';
import type { RevisionRow } from './post.row.js';

/** Versions are a sequence: a cursor holds a number. */
const seal = (number: number): string => Buffer.from(`r${number}`).toString('base64url');

/** @throws Fault BAD_USER_INPUT for a cursor that is none of ours. */
export function openRevisionCursor(cursor: string): number {
  const [, digits] = /^r([1-9][0-9]{0,8})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined) throw badUserInput('The cursor is malformed.');
  return Number(digits);
}

export function toRevisionConnection({ items, hasNextPage }: Page<RevisionRow>) {
  const edges = items.map((node) => ({ cursor: seal(node.number), node }));
  const [first, last] = [edges.at(0), edges.at(-1)];
  return {
    edges,
    pageInfo: { startCursor: first?.cursor ?? null, endCursor: last?.cursor ?? null, hasNextPage, hasPreviousPage: false },
  };
}

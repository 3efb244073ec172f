import { badUserInput } from '@plaza/kernel/fault';

export type CommentSort = 'TOP' | 'NEWEST' | 'OLDEST';

/** Where a comment stands among its siblings; likes count only in the order TOP. */
export interface CommentPosition {
  readonly likes: number;
  readonly at: Date;
  readonly id: string;
}

const CURSOR = /^(TOP|NEWEST|OLDEST) (\d{1,9}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** An opaque cursor that fits one order only. */
export function sealCommentCursor(sort: CommentSort, { likes, at, id }: CommentPosition): string {
  return Buffer.from(`${sort} ${likes} ${at.toISOString()} ${id}`).toString('base64url');
}

/** @throws Fault BAD_USER_INPUT for a cursor of another order or none of ours. */
export function openCommentCursor(sort: CommentSort, cursor: string): CommentPosition {
  const [, order, likes = '', at = '', id = ''] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  const time = new Date(at);
  if (order !== sort || Number.isNaN(time.getTime())) throw badUserInput('The cursor is malformed.');
  return { likes: Number(likes), at: time, id };
}

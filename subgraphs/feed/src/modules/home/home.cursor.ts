import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import { z } from 'zod';
import type { FeedMoment } from './home.store.js';

/** Where a reader of a live home feed is: behind the line of a post within a number, with what they know by tasks before that number. */
export interface HomePosition extends FeedMoment {
  /** Of the lines of one number those up to this post are read. */
  readonly postId: string;
  /** What they know by tasks once they have read the number to its end. */
  readonly reached: number;
  readonly at: Date;
}

/** After every post. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const STREAM = 'home';
const sealed = z.tuple([
  z.int(),
  z.int().nonnegative(),
  z.uuid().or(z.literal(LAST_ID)),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.int(),
]);

/** The end of a moment. */
export const behind = (moment: FeedMoment, at: Date): HomePosition => ({ ...moment, postId: LAST_ID, reached: moment.upto, at });

/** A cursor that only this viewer's home feed takes. */
export function sealHomeCursor(
  cursors: SealedCursors,
  viewerId: string,
  { generation, position, postId, upto, reached, at }: HomePosition,
): string {
  return cursors.seal(STREAM, viewerId, [generation, position, postId, upto, reached, at.getTime()]);
}

/** Null for what is no cursor of this viewer's home feed. */
export function openHomeCursor(cursors: SealedCursors, viewerId: string, cursor: string): HomePosition | null {
  const { data } = sealed.safeParse(cursors.open(STREAM, viewerId, cursor));
  if (data === undefined) return null;
  const [generation, position, postId, upto, reached, at] = data;
  return { generation, position, postId, upto, reached, at: new Date(at) };
}

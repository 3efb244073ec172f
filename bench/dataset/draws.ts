import type { Size } from '../options.js';

/**
 * Every draw is a hash of (seed, what is drawn), so the data are the same wherever and in whatever order they are made, in each database alone.
 */
const SEED = 20_260_601;

/** A number in [0, 1) for an integer expression. */
export const uniform = (stream: number, n: string): string =>
  `((hashint8extended((${n})::bigint, ${SEED + stream}) & 9007199254740991)::float8 / 9007199254740992)`;

/** A rank from 0 to n - 1 by Zipf and Mandelbrot: rank r comes with a weight of 1 / (r + q). A small q makes a few very popular. */
export const zipf = (u: string, n: number, q: number): string =>
  `least(floor(${q} * power(${(n + q) / q}::float8, ${u}) - ${q}), ${n - 1})::int`;

/** Rows (follower, followee): whom each person follows, about a hundred each (ten where it is wide), the popular by a power law. */
export const followsOf = ({ users, follows, head }: Size): string => {
  const mean = follows / users;
  const least = Math.round(mean * 0.5);
  const span = Math.round(mean * 1.15);
  return `
    SELECT DISTINCT follower, ${zipf(uniform(1, 'follower::bigint * 1000 + k'), users, Math.max(2, users * head))} AS followee
    FROM generate_series(0, ${users - 1}) AS follower, LATERAL generate_series(1, ${least} + floor(${uniform(2, 'follower')} * ${span})::int) AS k`;
};

/** Rows (n, author, created_at, audience). The popular write more, but not by as much. */
export const postsOf = ({ users, posts }: Size): string => `
  SELECT n, ${zipf(uniform(3, 'n'), users, users * 0.05)} AS author, '2026-01-01'::timestamptz + n * interval '25 seconds' AS created_at,
    CASE WHEN ${uniform(4, 'n')} < 0.9 THEN 'PUBLIC' ELSE 'FOLLOWERS' END AS audience
  FROM generate_series(0, ${posts - 1}) AS n`;

/** Rows (n, post, who, created_at): one in three posts is reposted once. */
export const repostsOf = (size: Size): string => `
  SELECT DISTINCT ON (post, who) n, post, who, created_at FROM (
    SELECT n, floor(${uniform(5, 'n')} * ${size.posts})::int AS post, floor(${uniform(6, 'n')} * ${size.users})::int AS who,
      '2026-01-01'::timestamptz + (floor(${uniform(5, 'n')} * ${size.posts}) * 25 + ${uniform(10, 'n')} * 172800) * interval '1 second' AS created_at
    FROM generate_series(0, ${Math.floor(size.posts / 3) - 1}) AS n
  ) AS drawn ORDER BY post, who, n`;

/** Rows (post, who): three likes a post. */
export const likesOf = (size: Size): string => `
  SELECT DISTINCT floor(${uniform(7, 'n')} * ${size.posts})::int AS post, floor(${uniform(8, 'n')} * ${size.users})::int AS who
  FROM generate_series(0, ${size.posts * 3 - 1}) AS n`;

import type { Size } from '../options.js';
import { followsOf, likesOf, postsOf, repostsOf, uniform } from './draws.js';
import { sqlId } from './ids.js';

const WIDTHS = [160, 320, 640, 1080];
const variants = JSON.stringify(WIDTHS.map((width) => ({ name: `w${width}`, width, height: (width * 3) / 4, byteSize: width * 60 })));
const photo = (kind: 'media' | 'avatar', n: string, owner: string, isProfile: boolean): string => `
  SELECT ${sqlId(kind, n)}, ${sqlId('user', owner)}, 'PHOTO', 'READY', encode(sha256(('${kind}' || ${n})::bytea), 'hex'), encode(sha256(('at ${kind}' || ${n})::bytea), 'hex'),
    'LEHV6nWB2yk8pyo0adR*.7kCMdnj', 1080, 810, '${variants}'::jsonb, ${isProfile}, '2026-01-01'::timestamptz`;
const MEDIA_COLUMNS = 'id, owner_id, kind, status, source_sha, address, blurhash, width, height, variants, is_profile, created_at';

/** What fills each subgraph's tables: statements in order. */
export const tablesOf = (size: Size): Readonly<Record<'accounts' | 'content' | 'social' | 'feed', readonly string[]>> => ({
  accounts: [
    `INSERT INTO users (id, handle, email, email_verified_at, display_name, bio, avatar_id, created_at)
     SELECT ${sqlId('user', 'n')}, 'user_' || n, 'user_' || n || '@plaza.example', '2026-01-01', 'Person ' || n, 'Number ' || n, ${sqlId('avatar', 'n')}, '2026-01-01'
     FROM generate_series(0, ${size.users - 1}) AS n`,
  ],
  content: [
    `INSERT INTO post (id, author_id, text, audience, language, created_at)
     SELECT ${sqlId('post', 'n')}, ${sqlId('user', 'author')}, 'Note ' || n || ': ' || repeat('a few words about the day, ', 1 + (n % 7)::int), audience, 'en', created_at
     FROM (${postsOf(size)}) AS post`,
    `INSERT INTO post_revision (post_id, number, text, created_at) SELECT id, 1, text, created_at FROM post`,
    `INSERT INTO media (${MEDIA_COLUMNS}) ${photo('avatar', 'n', 'n', true)} FROM generate_series(0, ${size.users - 1}) AS n`,
    `INSERT INTO media (${MEDIA_COLUMNS}) ${photo('media', 'n', 'author', false)} FROM (${postsOf(size)}) AS post WHERE n % 3 = 0`,
    `INSERT INTO post_media (post_id, media_id, position) SELECT ${sqlId('post', 'n')}, ${sqlId('media', 'n')}, 0 FROM generate_series(0, ${size.posts - 1}, 3) AS n`,
  ],
  social: [
    `INSERT INTO follow (id, follower_id, followee_id, reposts, languages, created_at)
     SELECT ${sqlId('follow', 'row_number() OVER ()')}, ${sqlId('user', 'follower')}, ${sqlId('user', 'followee')}, true, '{}', '2026-01-01'
     FROM (${followsOf(size)}) AS follow WHERE follower <> followee`,
    `INSERT INTO user_stat (user_id, follower_count, following_count)
     SELECT user_id, sum(followers), sum(following) FROM (
       SELECT followee_id AS user_id, count(*) AS followers, 0 AS following FROM follow GROUP BY 1
       UNION ALL SELECT follower_id, 0, count(*) FROM follow GROUP BY 1
     ) AS stat GROUP BY user_id`,
    `INSERT INTO relation_epoch (user_id, epoch) SELECT ${sqlId('user', 'n')}, 1 FROM generate_series(0, ${size.users - 1}) AS n`,
    `INSERT INTO post_like (post_id, user_id) SELECT ${sqlId('post', 'post')}, ${sqlId('user', 'who')} FROM (${likesOf(size)}) AS liked`,
    `INSERT INTO comment (id, post_id, author_id, parent_id, text, created_at)
     SELECT ${sqlId('comment', 'n * 3 + k')}, ${sqlId('post', 'n')}, ${sqlId('user', `floor(${uniform(9, 'n::bigint * 3 + k')} * ${size.users})::int`)}, ${sqlId('post', 'n')}, 'Comment ' || k, '2026-03-01'::timestamptz + n * interval '1 second'
     FROM generate_series(0, ${size.posts - 1}) AS n, LATERAL generate_series(0, (n % 3)::int) AS k`,
    `INSERT INTO repost (id, post_id, user_id, author_id, created_at)
     SELECT ${sqlId('repost', 'repost.n')}, ${sqlId('post', 'post')}, ${sqlId('user', 'who')}, ${sqlId('user', 'author')}, repost.created_at
     FROM (${repostsOf(size)}) AS repost JOIN (${postsOf(size)}) AS post ON post.n = repost.post`,
    `INSERT INTO post_stat (post_id, like_count, comment_count, repost_count)
     SELECT post_id, sum(likes), sum(comments), sum(reposts) FROM (
       SELECT post_id, count(*) AS likes, 0 AS comments, 0 AS reposts FROM post_like GROUP BY 1
       UNION ALL SELECT post_id, 0, count(*), 0 FROM comment GROUP BY 1
       UNION ALL SELECT post_id, 0, 0, count(*) FROM repost GROUP BY 1
     ) AS stat GROUP BY post_id`,
  ],
  feed: [
    `INSERT INTO feed_item (post_id, actor_id, kind, author_id, at, audience, language, is_live, revision)
     SELECT ${sqlId('post', 'n')}, ${sqlId('user', 'author')}, 'POST', ${sqlId('user', 'author')}, created_at, audience::audience, 'en', true, 1 FROM (${postsOf(size)}) AS post`,
    `INSERT INTO feed_item (post_id, actor_id, kind, author_id, at, audience, language, is_live)
     SELECT post.post_id, ${sqlId('user', 'who')}, 'REPOST', post.author_id, created_at, post.audience, post.language, true
     FROM (${repostsOf(size)}) AS repost JOIN feed_item AS post ON post.post_id = ${sqlId('post', 'repost.post')} AND post.kind = 'POST'`,
    `INSERT INTO followee (follower_id, followee_id, reposts, languages, since)
     SELECT ${sqlId('user', 'follower')}, ${sqlId('user', 'followee')}, true, '{}', '2026-01-01' FROM (${followsOf(size)}) AS follow WHERE follower <> followee`,
    `INSERT INTO author_mode (author_id, follower_count, mode)
     SELECT followee_id, count(*), (CASE WHEN count(*) > ${size.pushMaxFollowers} THEN 'PULL' ELSE 'PUSH' END)::fanout_mode FROM followee GROUP BY followee_id`,
    `INSERT INTO followee (follower_id, followee_id, reposts, languages, since)
     SELECT DISTINCT author_id, author_id, false, '{}'::text[], 'epoch'::timestamptz FROM feed_item WHERE kind = 'POST'`,
  ],
});

import { countingStatements } from '@plaza/db/statements';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  codesOf,
  NO_COMMENT,
  NO_POST,
  nodeIds,
  openSocial,
  type Person,
  type Post,
  type SocialUnderTest,
} from './social-under-test.js';

let plaza: SocialUnderTest;
let keys = 0;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

const NEVER = 'comment_01h455vb4pex5vsknk084sn02q';
const FIELDS = 'id ref text isDeleted replyCount likeCount viewerHasLiked editedAt author { id } replyTo { id } post { id }';

interface Said {
  readonly id: string;
}

async function says(author: Person, post: Post, text: string, replyTo?: Said): Promise<Said> {
  keys += 1;
  const input = {
    postId: post.id,
    text,
    idempotencyKey: `one key for ${keys}`,
    ...(replyTo === undefined ? {} : { replyToId: replyTo.id }),
  };
  const { comment } = await plaza.does<{ comment: Said }>(author, 'addComment', input, 'comment { id }');
  return comment;
}

/** A comment by id, as `node` asks for it. */
async function look<T = Record<string, unknown>>(as: Person | null, comment: Said, selection = FIELDS): Promise<T | null> {
  const [found] = await plaza.entities<T | null>(as, [{ __typename: 'Comment', ref: comment.id }], `... on Comment { ${selection} }`);
  return found ?? null;
}

const countOf = async (post: Post): Promise<unknown> => (await plaza.seePost(null, post, 'commentCount'))['commentCount'];
const listOf = async (as: Person | null, post: Post, args = ''): Promise<unknown> =>
  (await plaza.seePost(as, post, `comments${args} { edges { cursor node { id } } pageInfo { endCursor hasNextPage } }`))['comments'];
const repliesTo = async (as: Person | null, comment: Said): Promise<readonly string[]> =>
  nodeIds((await look<{ replies: unknown }>(as, comment, 'replies { edges { node { id } } }'))?.replies);

describe('a comment', () => {
  it('is answered as the story asks for it', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const first = await says(anna, post, 'first');
    const answer = await plaza.does<{ comment: Said }>(
      binh,
      'addComment',
      { idempotencyKey: 'key-00000001', postId: post.id, text: '  xin chào ', replyToId: first.id },
      'comment { id text author { id } replyTo { id } post { id } }',
    );
    expect(answer).toMatchObject({
      comment: { text: 'xin chào', author: { id: binh.id }, replyTo: { id: first.id }, post: { id: post.id } },
    });
    expect(await countOf(post)).toBe(2);
    expect(await plaza.does(binh, 'deleteComment', { commentId: answer.comment.id }, 'commentId post { id }')).toEqual({
      __typename: 'DeleteCommentOk',
      commentId: answer.comment.id,
      post: { id: post.id },
    });
    expect(await countOf(post)).toBe(1);
    expect(await plaza.events(post)).toEqual(['comment.added', 'comment.added', 'comment.deleted']);
    const [event] = await plaza.sql<{ payload: object }>`SELECT payload FROM outbox WHERE key = ${post.uuid} ORDER BY seq OFFSET 1 LIMIT 1`;
    expect(event?.payload).toMatchObject({ postId: post.uuid, postAuthorId: anna.uuid, authorId: binh.uuid, replyToAuthorId: anna.uuid });
  });

  it('is one for one idempotency key, at once or later, and another input is refused', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const input = { idempotencyKey: 'key-00000001', postId: post.id, text: 'once' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => plaza.does<{ comment: Said }>(binh, 'addComment', input, 'comment { id }')),
    );
    expect(new Set(answers.map(({ comment }) => comment.id)).size).toBe(1);
    expect(await countOf(post)).toBe(1);
    expect(await plaza.does(binh, 'addComment', { ...input, text: 'twice' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await plaza.does(anna, 'addComment', input)).toMatchObject({ __typename: 'AddCommentOk' });
    await plaza.blocks(anna, binh);
    expect(await plaza.does(binh, 'addComment', input)).toEqual(NO_POST);
  });

  it('has 1 to 2,000 characters once trimmed', async () => {
    const anna = plaza.person();
    const post = plaza.post(anna);
    for (const text of ['', '  \n ', 'x'.repeat(2_001), 'nul \0 nul']) {
      expect(await plaza.does(anna, 'addComment', { postId: post.id, text, idempotencyKey: 'key-00000001' })).toMatchObject({
        __typename: 'ValidationError',
        fields: [{ path: 'text' }],
      });
    }
    expect(await plaza.does(anna, 'addComment', { postId: post.id, text: '', idempotencyKey: 'short' })).toMatchObject({
      fields: [{ path: 'idempotencyKey' }, { path: 'text' }],
    });
    expect(await countOf(post)).toBe(0);
    expect(await plaza.sql`SELECT 1 FROM idempotency WHERE viewer_id = ${anna.uuid}`).toEqual([]);
    expect(
      await plaza.does(anna, 'addComment', { postId: post.id, text: ` ${'x'.repeat(2_000)} `, idempotencyKey: 'key-00000001' }),
    ).toMatchObject({
      __typename: 'AddCommentOk',
    });
  });

  it('is not made where post or answered comment are missing, whatever the input', async () => {
    const [anna, stranger, blocker] = [plaza.person(), plaza.person(), plaza.person()];
    const [post, other, hidden] = [plaza.post(anna), plaza.post(anna), plaza.post(anna, 'FOLLOWERS')];
    const elsewhere = await says(anna, other, 'elsewhere');
    const fromBlocker = await says(blocker, post, 'mine');
    await plaza.blocks(blocker, stranger);
    const gone = await says(anna, post, 'gone');
    await plaza.does(anna, 'deleteComment', { commentId: gone.id });
    const input = { idempotencyKey: 'x', text: '' };
    for (const postId of [hidden.id, 'post_01h455vb4pex5vsknk084sn02q', 'x'])
      expect(await plaza.does(stranger, 'addComment', { ...input, postId })).toEqual(NO_POST);
    for (const replyToId of [elsewhere.id, fromBlocker.id, gone.id, NEVER, 'x']) {
      expect(await plaza.does(stranger, 'addComment', { ...input, postId: post.id, replyToId })).toEqual(NO_COMMENT);
    }
  });

  it('is edited by its author', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const comment = await says(binh, post, 'frist');
    expect(await plaza.does(binh, 'editComment', { commentId: comment.id, text: ' first ' }, 'comment { id text editedAt }')).toMatchObject(
      {
        comment: { id: comment.id, text: 'first', editedAt: expect.any(String) },
      },
    );
    await plaza.does(binh, 'editComment', { commentId: comment.id, text: 'first' });
    expect(await plaza.events(post)).toEqual(['comment.added', 'comment.edited']);
    expect(await plaza.does(binh, 'editComment', { commentId: comment.id, text: ' ' })).toMatchObject({ fields: [{ path: 'text' }] });
    expect(await plaza.does(anna, 'editComment', { commentId: comment.id, text: '' })).toMatchObject({ __typename: 'NotAllowedError' });
  });

  it('exists for whoever sees its post and its author, by id or by ref', async () => {
    const [anna, follower, stranger, blocked] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    await plaza.follows(follower, anna);
    const post = plaza.post(anna, 'FOLLOWERS');
    const comment = await says(follower, post, 'hello');
    await plaza.follows(blocked, anna);
    await plaza.blocks(follower, blocked);
    const never = { id: NEVER };

    expect(await look(anna, comment)).toMatchObject({ id: comment.id, ref: comment.id, text: 'hello', author: { id: follower.id } });
    expect(await plaza.entities(anna, [{ __typename: 'Comment', id: comment.id }], '... on Comment { text }')).toMatchObject([
      { text: 'hello' },
    ]);
    for (const viewer of [stranger, blocked, null]) {
      for (const missing of [comment, never, { id: 'nonsense' }, { id: post.id }]) expect(await look(viewer, missing)).toBeNull();
    }
    for (const mutation of ['likeComment', 'unlikeComment', 'deleteComment']) {
      for (const { id } of [comment, never, { id: 'x' }]) {
        expect(await plaza.does(stranger, mutation, { commentId: id })).toEqual(NO_COMMENT);
        expect(await plaza.does(blocked, mutation, { commentId: id })).toEqual(NO_COMMENT);
      }
    }
    expect(await plaza.does(stranger, 'editComment', { commentId: comment.id, text: '' })).toEqual(NO_COMMENT);
    await plaza.setState(follower, 'SUSPENDED');
    expect(await look(anna, comment)).toBeNull();
  });

  it('is liked once a person', async () => {
    const [anna, ...people] = plaza.people(11);
    if (anna === undefined) throw new Error('somebody was made');
    const post = plaza.post(anna);
    const comment = await says(anna, post, 'hello');
    const like = (person: Person) => plaza.does(person, 'likeComment', { commentId: comment.id }, 'comment { likeCount viewerHasLiked }');
    await Promise.all(people.flatMap((person) => [like(person), like(person)]));
    expect(await like(anna)).toEqual({ __typename: 'LikeCommentOk', comment: { likeCount: 11, viewerHasLiked: true } });
    expect(await plaza.does(anna, 'unlikeComment', { commentId: comment.id }, 'comment { likeCount viewerHasLiked }')).toMatchObject({
      comment: { likeCount: 10, viewerHasLiked: false },
    });
    await plaza.does(anna, 'unlikeComment', { commentId: comment.id });
    expect(await look(null, comment, 'likeCount viewerHasLiked')).toMatchObject({ likeCount: 10, viewerHasLiked: false });
  });
});

describe('deleting', () => {
  it('leaves an empty place while there are answers, and cleans it up after the last', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const top = await says(binh, post, 'top');
    const middle = await says(anna, post, 'middle', top);
    const leaf = await says(binh, post, 'leaf', middle);
    await plaza.does(anna, 'likeComment', { commentId: top.id });
    await plaza.does(binh, 'deleteComment', { commentId: top.id });
    await plaza.does(anna, 'deleteComment', { commentId: middle.id });

    expect(await look(anna, top)).toMatchObject({ isDeleted: true, text: '', author: null, likeCount: 0, replyCount: 0 });
    expect(await countOf(post)).toBe(1);
    expect(nodeIds(await listOf(anna, post))).toEqual([top.id]);
    expect(await repliesTo(anna, top)).toEqual([middle.id]);
    for (const mutation of ['likeComment', 'unlikeComment', 'deleteComment'])
      expect(await plaza.does(binh, mutation, { commentId: top.id })).toEqual(NO_COMMENT);
    expect(await plaza.does(binh, 'editComment', { commentId: top.id, text: 'back' })).toEqual(NO_COMMENT);

    await plaza.does(binh, 'deleteComment', { commentId: leaf.id });
    expect(await plaza.sql`SELECT 1 FROM comment WHERE post_id = ${post.uuid}`).toEqual([]);
    expect(await countOf(post)).toBe(0);
  });

  it('keeps an empty place that other answers need', async () => {
    const anna = plaza.person();
    const post = plaza.post(anna);
    const top = await says(anna, post, 'top');
    const [one, two] = [await says(anna, post, 'one', top), await says(anna, post, 'two', top)];
    await plaza.does(anna, 'deleteComment', { commentId: top.id });
    await plaza.does(anna, 'deleteComment', { commentId: one.id });
    expect(await look(anna, top)).toMatchObject({ isDeleted: true, replyCount: 1 });
    expect(await repliesTo(anna, top)).toEqual([two.id]);
  });

  it('is for its author and for the author of the post', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const comment = await says(binh, post, 'hello');
    expect(await plaza.does(chen, 'deleteComment', { commentId: comment.id })).toMatchObject({
      __typename: 'NotAllowedError',
      code: 'NOT_ALLOWED',
    });
    expect(await plaza.does(anna, 'deleteComment', { commentId: comment.id })).toMatchObject({ __typename: 'DeleteCommentOk' });
    expect(await plaza.does(anna, 'deleteComment', { commentId: comment.id })).toEqual(NO_COMMENT);
  });

  it('and answering at the same time leave no answer without its place, and the right counts', async () => {
    const anna = plaza.person();
    const post = plaza.post(anna);
    for (let round = 0; round < 8; round += 1) {
      const top = await says(anna, post, 'top');
      keys += 1;
      await Promise.all([
        plaza.does(anna, 'addComment', { postId: post.id, text: 'answer', replyToId: top.id, idempotencyKey: `one key for ${keys}` }),
        plaza.does(anna, 'deleteComment', { commentId: top.id }),
      ]);
    }
    const [rows] = await plaza.sql<{
      there: number;
    }>`SELECT count(*) AS there FROM comment WHERE post_id = ${post.uuid} AND deleted_at IS NULL`;
    expect(await countOf(post)).toBe(rows?.there);
    const wrong = await plaza.sql`
      SELECT 1 FROM comment WHERE post_id = ${post.uuid}
        AND reply_count <> (SELECT count(*) FROM comment answer WHERE answer.reply_to_id = comment.id AND answer.deleted_at IS NULL)`;
    expect(wrong).toEqual([]);
  });
});

describe('the comments of a post', () => {
  it('come in three orders, page by page', async () => {
    const anna = plaza.person();
    const post = plaza.post(anna);
    const [a, b, c, d] = [
      await says(anna, post, 'a'),
      await says(anna, post, 'b'),
      await says(anna, post, 'c'),
      await says(anna, post, 'd'),
    ];
    await says(anna, post, 'an answer is not at the top', a);
    for (const person of plaza.people(2)) await plaza.does(person, 'likeComment', { commentId: b.id });
    await plaza.does(anna, 'likeComment', { commentId: a.id });
    const orders = { TOP: [b, a, d, c], NEWEST: [d, c, b, a], OLDEST: [a, b, c, d] };
    for (const [sort, expected] of Object.entries(orders)) {
      const seen: string[] = [];
      let after = '';
      for (let page = 0; page < 4; page += 1) {
        const list = await listOf(anna, post, `(first: 1, sort: ${sort}${after})`);
        seen.push(...nodeIds(list));
        const { pageInfo } = list as { pageInfo: { endCursor: string; hasNextPage: boolean } };
        expect(pageInfo.hasNextPage).toBe(page < 3);
        after = `, after: "${pageInfo.endCursor}"`;
      }
      expect(seen).toEqual(expected.map(({ id }) => id));
    }
  });

  it('refuse a cursor of another order', async () => {
    const anna = plaza.person();
    const post = plaza.post(anna);
    await says(anna, post, 'a');
    const { pageInfo } = (await listOf(anna, post, '(sort: NEWEST)')) as { pageInfo: { endCursor: string } };
    for (const args of [`(sort: TOP, after: "${pageInfo.endCursor}")`, '(after: "x")', '(first: 101)']) {
      const answer = await plaza.ask(
        anna,
        `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Post { comments${args} { edges { cursor } } } } }`,
        {
          r: [plaza.gated(anna, post)],
        },
      );
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      expect(at(answer, '_entities.0.comments')).toBeNull();
    }
  });

  it('leave out the hidden and the muted with what hangs under them, and stay full', async () => {
    const [anna, viewer, blocked, blocker, muted, away] = [
      plaza.person(),
      plaza.person(),
      plaza.person(),
      plaza.person(),
      plaza.person(),
      plaza.person(),
    ];
    const post = plaza.post(anna);
    const tops: Said[] = [];
    for (const author of [anna, blocked, blocker, muted, away, viewer, anna]) tops.push(await says(author, post, 'hello'));
    const under = await says(anna, post, 'under the blocked', tops[1]);
    const answer = await says(blocker, post, 'an answer', tops[0]);
    await plaza.blocks(viewer, blocked);
    await plaza.blocks(blocker, viewer);
    await plaza.does(viewer, 'mute', { userId: muted.id });
    await plaza.setState(away, 'DEACTIVATED');

    const shown = [tops[0], tops[5], tops[6]].map((comment) => comment?.id);
    expect(nodeIds(await listOf(viewer, post, '(first: 3, sort: OLDEST)'))).toEqual(shown);
    expect(await repliesTo(viewer, { id: String(tops[0]?.id) })).toEqual([]);
    expect(await repliesTo(anna, { id: String(tops[0]?.id) })).toEqual([answer.id]);
    // By id an answer under somebody hidden is there, without what it answers; a mute hides nothing by id.
    expect(await look(viewer, under)).toMatchObject({ text: 'under the blocked', replyTo: null });
    expect(await look(viewer, { id: String(tops[3]?.id) })).toMatchObject({ text: 'hello' });
    expect(await countOf(post)).toBe(9);
    expect(nodeIds(await listOf(null, post))).toHaveLength(6);
  });

  it('take two statements with their authors’ relations, for 1, 20 and 100 posts, and answers no more', async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const posts = Array.from({ length: 100 }, () => plaza.post(anna));
    await plaza.sql`
      WITH top AS (
        INSERT INTO comment (id, post_id, author_id, parent_id, text)
        SELECT gen_random_uuid(), post, ${anna.uuid}, post, 'top' FROM unnest(${posts.map(({ uuid }) => uuid)}::uuid[]) AS post, generate_series(1, 3)
        RETURNING id, post_id
      ), fixed AS (SELECT id, post_id FROM top)
      SELECT count(*) FROM fixed`;
    await plaza.sql`
      INSERT INTO comment (id, post_id, author_id, reply_to_id, parent_id, text)
      SELECT gen_random_uuid(), post_id, author_id, id, id, 'answer' FROM comment WHERE post_id = ANY(${posts.map(({ uuid }) => uuid)}::uuid[])`;
    const count = async (size: number): Promise<number> => {
      await plaza.does(viewer, 'mute', { userId: plaza.person().id });
      const page = posts.slice(0, size).map((post) => plaza.gated(viewer, post));
      const selection =
        '... on Post { comments(first: 2) { edges { node { text author { id } replyTo { id } replies(first: 2) { edges { node { text viewerHasLiked } } } } } } }';
      const { statements } = await countingStatements(() => plaza.entities(viewer, page, selection));
      return statements - 1; // the gateway's look at the epoch
    };
    // Comments, relations to their authors, answers, the viewer's likes of them.
    expect([await count(1), await count(20), await count(100)]).toEqual([4, 4, 4]);
  });
});

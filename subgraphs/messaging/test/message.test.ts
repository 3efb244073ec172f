import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
beforeAll(async () => {
  chat = await MessagingUnderTest.start();
});
afterAll(() => chat.stop());

async function pair(): Promise<{ readonly binh: string; readonly chen: string; readonly id: string }> {
  const [binh, chen] = [newId(), newId()];
  return { binh, chen, id: await chat.starts(binh, [chen]) };
}

describe('messages', () => {
  it('are numbered without a gap however many are said at once', async () => {
    const { binh, chen, id } = await pair();
    const said = await Promise.all(Array.from({ length: 40 }, (_, n) => chat.says(n % 2 === 0 ? binh : chen, id, `m${n}`)));
    expect(said.map(({ message }) => message.seq).toSorted((a: number, b: number) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    expect(await chat.texts(chen, id)).toEqual(
      said.toSorted((a, b) => a['message'].seq - b['message'].seq).map(({ message }) => `${message.seq} ${message.text}`),
    );
  });

  it('are one for each client message id, for ever; with something else it is refused', async () => {
    const { binh, chen, id } = await pair();
    const clientMessageId = newId();
    const all = await Promise.all(Array.from({ length: 5 }, () => chat.says(binh, id, 'once', { clientMessageId })));
    expect(new Set(all.map(({ message }) => message.id)).size).toBe(1);
    expect(await chat.says(binh, id, 'twice', { clientMessageId })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect((await chat.says(chen, id, 'twice', { clientMessageId }))['message'].seq).toBe(2);
    expect(await chat.texts(binh, id)).toEqual(['1 once', '2 twice']);
  });

  it('cannot be written by a stranger, who is told what anybody is told of nothing', async () => {
    const { id } = await pair();
    const refused = { __typename: 'NotFoundError', code: 'NOT_FOUND', reason: 'There is no such conversation.' };
    expect(await chat.says(newId(), id, 'hello')).toEqual(refused);
    expect(await chat.says(newId(), id, '')).toEqual(refused);
    expect(await chat.says(newId(), toTypeId('conversation', newId()), 'hello')).toEqual(refused);
    expect(await chat.says(newId(), 'nonsense', 'hello')).toEqual(refused);
  });

  it('cannot be written to somebody since they block, whatever is in them; what was said is hidden and keeps its place', async () => {
    const { binh, chen, id } = await pair();
    await chat.says(binh, id, 'from Binh');
    const mine = await chat.says(chen, id, 'from Chen', { clientMessageId: 'before-the-block' });
    chat.blocks(binh, chen);
    for (const one of [binh, chen]) {
      expect(await chat.says(one, id, 'hello')).toEqual({
        __typename: 'NotAllowedError',
        code: 'NOT_ALLOWED',
        reason: 'You cannot write into this conversation.',
      });
      expect(await chat.says(one, id, '')).toMatchObject({ code: 'NOT_ALLOWED' });
    }
    expect(await chat.texts(chen, id)).toEqual(['1 null', '2 from Chen']);
    const seen = await chat.conversation(chen, id, 'messages(first: 1) { edges { node { isHidden sender { id } } } }');
    expect(seen?.['messages'].edges).toEqual([{ node: { isHidden: true, sender: null } }]);
    // What went through before is not undone: repeating it says so.
    expect((await chat.says(chen, id, 'from Chen', { clientMessageId: 'before-the-block' }))['message'].id).toBe(mine['message'].id);
  });

  it.each([
    ['nothing', 'text', null, {}],
    ['an empty text', 'text', '  ', {}],
    ['a text that is too long', 'text', 'x'.repeat(10_001), {}],
    ['a megabyte', 'text', 'x'.repeat(1_000_000), {}],
    ['a NUL', 'text', 'a\0b', {}],
    ['a client message id that is too short', 'clientMessageId', 'hello', { clientMessageId: 'x' }],
    ['an answer to nothing', 'replyToId', 'hello', { replyToId: toTypeId('message', newId()) }],
    ['a malformed answer', 'replyToId', 'hello', { replyToId: 'message_!' }],
    ['media of somebody else’s', 'media.0', 'hello', { media: [toTypeId('media', newId())] }],
    ['eleven media', 'media', 'hello', { media: Array.from({ length: 11 }, () => toTypeId('media', newId())) }],
    ['something that cannot be shared', 'sharedId', 'hello', { sharedId: toTypeId('user', newId()) }],
    ['a post that is hidden from its sender', 'sharedId', 'hello', { sharedId: toTypeId('post', newId()) }],
    ['a product that is not on sale', 'sharedId', 'hello', { sharedId: toTypeId('product', newId()) }],
  ])('refuse %s and leave nothing', async (_says, path, text, more) => {
    const { binh, id } = await pair();
    expect(await chat.says(binh, id, text, more)).toMatchObject({ code: 'VALIDATION', fields: [{ path }] });
    expect(await chat.texts(binh, id)).toEqual([]);
  });

  it('take 10,000 UTF-16 code units', async () => {
    const { binh, id } = await pair();
    expect((await chat.says(binh, id, '🌅'.repeat(5_000)))['message'].seq).toBe(1);
  });

  it('answer a message of the same conversation, and of no other', async () => {
    const { binh, chen, id } = await pair();
    const first = await chat.says(chen, id, 'tea?');
    const answer = await chat.says(binh, id, 'yes', { replyToId: first['message'].id });
    expect(answer).toMatchObject({ message: { replyTo: { seq: 1, text: 'tea?' } } });
    const other = await chat.starts(binh, [newId()]);
    expect(await chat.says(binh, other, 'yes', { replyToId: first['message'].id })).toMatchObject({ fields: [{ path: 'replyToId' }] });
  });

  it('carry media of their sender’s, also without a text', async () => {
    const { binh, id } = await pair();
    const media = [newId(), newId()];
    media.forEach((one) => chat.others.media.add(one));
    const ids = media.map((one) => toTypeId('media', one));
    expect(await chat.says(binh, id, null, { media: ids })).toMatchObject({
      message: { text: null, media: ids.map((one) => ({ pass: expect.stringMatching(new RegExp(`^${one}[.]`, 'u')) })) },
    });
  });

  it('share what their sender sees; each reader sees it only by their own right', async () => {
    const { binh, chen, id } = await pair();
    const [post, product] = [newId(), newId()];
    chat.others.seenPosts.add(`${binh} ${post}`);
    chat.others.products.add(product);
    const said = await chat.says(binh, id, 'look', { sharedId: toTypeId('post', post) });
    expect(said).toMatchObject({ message: { shared: { __typename: 'Post', ref: toTypeId('post', post) } } });
    await chat.says(binh, id, 'and buy', { sharedId: toTypeId('product', product) });

    const shared = 'messages(last: 2) { edges { node { shared { __typename } } } }';
    const seenBy = async (viewer: string) =>
      (await chat.conversation(viewer, id, shared))?.['messages'].edges.map(
        ({ node }: { node: { shared: { __typename: string } } }) => node.shared.__typename,
      );
    expect(await seenBy(binh)).toEqual(['Post', 'Product']);
    expect(await seenBy(chen)).toEqual(['Unavailable', 'Product']);
    chat.others.seenPosts.add(`${chen} ${post}`);
    chat.others.products.delete(product);
    expect(await seenBy(chen)).toEqual(['Post', 'Unavailable']);
  });

  it('are read in pages, both ways, the oldest first', async () => {
    const { binh, chen, id } = await pair();
    for (let n = 1; n <= 7; n += 1) await chat.says(chen, id, `m${n}`);
    const page = async (args: string) => {
      const seen = await chat.conversation(
        binh,
        id,
        `messages${args} { edges { cursor node { seq } } pageInfo { startCursor endCursor hasPreviousPage hasNextPage } }`,
      );
      return { ...seen?.['messages'], seqs: seen?.['messages'].edges.map(({ node }: { node: { seq: number } }) => node.seq) };
    };
    const last = await page('(last: 3)');
    expect([last.seqs, last.pageInfo.hasPreviousPage, last.pageInfo.hasNextPage]).toEqual([[5, 6, 7], true, false]);
    const before = await page(`(last: 3, before: "${last.pageInfo.startCursor}")`);
    expect([before.seqs, before.pageInfo.hasPreviousPage, before.pageInfo.hasNextPage]).toEqual([[2, 3, 4], true, true]);
    const rest = await page(`(last: 3, before: "${before.pageInfo.startCursor}")`);
    expect([rest.seqs, rest.pageInfo.hasPreviousPage]).toEqual([[1], false]);
    const first = await page('(first: 4)');
    expect([first.seqs, first.pageInfo.hasPreviousPage, first.pageInfo.hasNextPage]).toEqual([[1, 2, 3, 4], false, true]);
    const after = await page(`(first: 4, after: "${first.pageInfo.endCursor}")`);
    expect([after.seqs, after.pageInfo.hasPreviousPage, after.pageInfo.hasNextPage]).toEqual([[5, 6, 7], true, false]);
    expect((await page('')).seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await page('(first: 0)')).seqs).toEqual([]);
    for (const wrong of ['(first: 1, last: 1)', '(first: -1)', '(last: 101)', '(last: 3, before: "x")', '(first: 1, before: "x")'])
      await expect(page(wrong)).rejects.toThrow('BAD_USER_INPUT');
  });

  it('say by their own id where they are, to those who may know', async () => {
    const { binh, chen, id } = await pair();
    const { message } = await chat.says(binh, id, 'hello');
    const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Message { seq text conversation { id } } } }';
    const read = async (viewer: string) =>
      (await chat.asks(viewer, query, { of: [{ __typename: 'Message', id: message.id }] }))._entities[0];
    expect(await read(chen)).toEqual({ seq: 1, text: 'hello', conversation: { id } });
    expect(await read(newId())).toBeNull();
    expect(fromTypeId('message', message.id)?.slice(-3)).toBe(fromTypeId('conversation', id)?.slice(-3));
  });
});

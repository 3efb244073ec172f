import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessagingUnderTest, type Payload } from './messaging-under-test.js';

let chat: MessagingUnderTest;
beforeAll(async () => {
  chat = await MessagingUnderTest.start();
});
afterAll(() => chat.stop());

const userId = (uuid: string): string => toTypeId('user', uuid);
const start = (kind: string, memberIds: readonly string[], more: Record<string, unknown> = {}) => ({
  idempotencyKey: newId(),
  kind,
  memberIds: memberIds.map(userId),
  ...more,
});
const STARTED = '... on ValidationError { fields { path } } ... on StartConversationOk { conversation { id kind title } }';
const listOf = async (viewer: string): Promise<readonly string[]> =>
  (await chat.me(viewer, 'conversations(first: 100) { edges { node { id } } }'))['conversations'].edges.map(
    ({ node }: { node: { id: string } }) => node.id,
  );

describe('a conversation', () => {
  it('of two is the same for ever, whoever starts it and however often', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    expect(await chat.starts(chen, [binh])).toBe(id);
    expect(await Promise.all([chat.starts(binh, [chen]), chat.starts(chen, [binh])])).toEqual([id, id]);
    expect([await listOf(binh), await listOf(chen)]).toEqual([[id], [id]]);
  });

  it('of many is a new one each time, and one for each key', async () => {
    const [binh, chen, dung] = [newId(), newId(), newId()];
    const input = start('GROUP', [chen, dung], { title: 'Tea' });
    const [one, two] = await Promise.all([
      chat.does(binh, 'startConversation', input, STARTED),
      chat.does(binh, 'startConversation', input, STARTED),
    ]);
    expect(one).toMatchObject({ conversation: { kind: 'GROUP', title: 'Tea' } });
    expect(two).toEqual(one);
    expect(await chat.does(binh, 'startConversation', { ...input, title: 'Coffee' }, STARTED)).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const other = await chat.does(binh, 'startConversation', { ...input, idempotencyKey: newId() }, STARTED);
    expect(other['conversation'].id).not.toBe(one['conversation'].id);
    expect(await listOf(dung)).toEqual([other['conversation'].id, one['conversation'].id]);
  });

  it('shows its members with their roles, page by page', async () => {
    const [binh, ...others] = Array.from({ length: 5 }, () => newId()) as [string, ...string[]];
    const id = await chat.starts(binh, others, 'GROUP');
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const members: string = `members(first: 2, after: ${JSON.stringify(after)}) { edges { role node { id } } pageInfo { endCursor hasNextPage } }`;
      const page: Payload = (await chat.conversation(others[0]!, id, members))!['members'];
      seen.push(...page['edges'].map(({ role, node }: { role: string; node: { id: string } }) => `${role} ${node.id}`));
      if (!page['pageInfo'].hasNextPage) break;
      after = page['pageInfo'].endCursor;
    }
    expect(seen.toSorted()).toEqual([`OWNER ${userId(binh)}`, ...others.map((other) => `MEMBER ${userId(other)}`)].toSorted());
  });

  it('leaves out members who are hidden from the viewer', async () => {
    const [binh, chen, dung] = [newId(), newId(), newId()];
    const id = await chat.starts(binh, [chen, dung], 'GROUP');
    chat.blocks(dung, chen);
    const seen = await chat.conversation(chen, id, 'members { edges { node { id } } }');
    expect(seen?.['members'].edges.map(({ node }: { node: { id: string } }) => node.id).toSorted()).toEqual(
      [userId(binh), userId(chen)].toSorted(),
    );
  });

  it('is for a stranger and a guest as one that never was', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    for (const viewer of [newId(), null]) {
      expect(await chat.conversation(viewer, id, 'id unreadCount lastMessage { id }')).toBeNull();
      expect(await chat.conversation(viewer, toTypeId('conversation', newId()), 'id')).toBeNull();
    }
    expect(await chat.conversation(binh, 'conversation_%00', 'id')).toBeNull();
  });

  it('cannot be started with somebody who blocks, is blocked, or never was', async () => {
    const [binh, chen, dung] = [newId(), newId(), newId()];
    chat.blocks(chen, binh);
    const refused = { __typename: 'NotFoundError', code: 'NOT_FOUND', reason: 'There is no such user.' };
    for (const [one, other] of [
      [binh, chen],
      [chen, binh],
    ] as const) {
      expect(await chat.does(one, 'startConversation', start('DIRECT', [other]), STARTED)).toEqual(refused);
      expect(await chat.does(one, 'startConversation', start('GROUP', [dung, other], { title: 'Tea' }), STARTED)).toEqual(refused);
      // Who is hidden comes before what is wrong with the rest.
      expect(await chat.does(one, 'startConversation', start('GROUP', [dung, other], { title: '' }), STARTED)).toEqual(refused);
    }
    expect(await listOf(dung)).toEqual([]);
  });

  it.each([
    ['a DIRECT one of three', 'memberIds', start('DIRECT', [newId(), newId()])],
    ['a DIRECT one with a title', 'title', start('DIRECT', [newId()], { title: 'Tea' })],
    ['a group of nobody else', 'memberIds', start('GROUP', [], { title: 'Tea' })],
    ['a group without a title', 'title', start('GROUP', [newId()])],
    ['a title that is too long', 'title', start('GROUP', [newId()], { title: 'x'.repeat(101) })],
    ['a group of 101', 'memberIds', start('GROUP', Array.from({ length: 100 }, newId), { title: 'Tea' })],
    ['a key that is too short', 'idempotencyKey', { ...start('DIRECT', [newId()]), idempotencyKey: 'x' }],
  ])('refuses %s', async (_says, path, input) => {
    expect(await chat.does(newId(), 'startConversation', input, STARTED)).toMatchObject({ code: 'VALIDATION', fields: [{ path }] });
  });

  it('is not one with oneself', async () => {
    const binh = newId();
    expect(await chat.does(binh, 'startConversation', start('DIRECT', [binh]), STARTED)).toMatchObject({ code: 'VALIDATION' });
  });
});

describe('the conversations of a viewer', () => {
  it('stand in the order in which they were last written in, page by page', async () => {
    const binh = newId();
    const others = Array.from({ length: 5 }, () => newId());
    const ids: string[] = [];
    for (const other of others) {
      const id = await chat.starts(binh, [other]);
      const listener = await chat.listens(binh);
      await chat.says(other, id, 'hello');
      await listener.until((told) => told.length > 0);
      await listener.leave();
      ids.unshift(id);
    }
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Payload = (
        await chat.me(
          binh,
          `conversations(first: 2, after: ${JSON.stringify(after)}) { edges { node { id } } pageInfo { endCursor hasNextPage } }`,
        )
      )['conversations'];
      seen.push(...page['edges'].map(({ node }: { node: { id: string } }) => node.id));
      if (!page['pageInfo'].hasNextPage) break;
      after = page['pageInfo'].endCursor;
    }
    expect(seen).toEqual(ids);
  });
});

describe('what is read', () => {
  it('counts what others have said since, and never one’s own', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const listener = await chat.listens(binh);
    for (const [who, text] of [
      [chen, 'one'],
      [binh, 'two'],
      [chen, 'three'],
    ] as const)
      await chat.says(who, id, text);
    await listener.until(() => listener.messages.length === 3);
    expect(await chat.me(binh, 'unreadMessageCount')).toEqual({ unreadMessageCount: 2 });
    expect(await chat.me(chen, 'unreadMessageCount')).toEqual({ unreadMessageCount: 1 });
    expect(await chat.reads(binh, id, 1)).toMatchObject({ conversation: { unreadCount: 1 } });
    expect(await chat.reads(binh, id, 3)).toMatchObject({ conversation: { unreadCount: 0 } });
    await listener.leave();
  });

  it('never goes back and never beyond the end', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    for (const text of ['one', 'two']) await chat.says(chen, id, text);
    expect(await chat.reads(binh, id, 2_000_000_000)).toMatchObject({ conversation: { unreadCount: 0 } });
    expect(await chat.reads(binh, id, 1)).toMatchObject({ conversation: { unreadCount: 0 } });
    expect(await chat.reads(binh, id, -1)).toMatchObject({ code: 'VALIDATION', fields: [{ path: 'seq' }] });
    const listener = await chat.listens(binh);
    await chat.says(chen, id, 'three');
    // The second may come late, before it.
    await listener.until(() => listener.messages.at(-1) === '3 three');
    expect(await chat.me(binh, 'unreadMessageCount')).toEqual({ unreadMessageCount: 1 });
    await listener.leave();
  });

  it('is told to all members once, and is nobody else’s business', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(chen, id, 'one');
    const [ofBinh, ofChen] = [await chat.listens(binh), await chat.listens(chen)];
    await chat.reads(binh, id, 1);
    await chat.reads(binh, id, 1);
    await chat.reads(chen, id, 1);
    for (const listener of [ofBinh, ofChen]) {
      await listener.until((told) => told.some(({ __typename, user }) => __typename === 'MessageRead' && user.id === userId(binh)));
      expect(listener.told.filter(({ __typename, user }) => __typename === 'MessageRead' && user.id === userId(binh))).toHaveLength(1);
      await listener.leave();
    }
    expect(await chat.reads(newId(), id, 1)).toMatchObject({ code: 'NOT_FOUND', reason: 'There is no such conversation.' });
    expect(await chat.reads(binh, toTypeId('conversation', newId()), -1)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

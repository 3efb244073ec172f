import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellPassing } from '../src/inbox/inbox-channel.js';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
beforeAll(async () => {
  chat = await MessagingUnderTest.start();
});
afterAll(() => chat.stop());

const cursorOf = async (viewer: string): Promise<string> => (await chat.me(viewer, 'inboxCursor'))['inboxCursor'];

describe('an inbox', () => {
  it('tells of messages in the order of their conversation, its own too, with what is unread', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const [ofBinh, ofChen] = [await chat.listens(binh), await chat.listens(chen)];
    for (let n = 1; n <= 20; n += 1) await chat.says(n % 3 === 0 ? chen : binh, id, `m${n}`);
    for (const listener of [ofBinh, ofChen]) {
      await listener.until(() => listener.messages.length === 20);
      expect(listener.messages).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 1} m${n + 1}`));
      await listener.leave();
    }
    expect(ofBinh.told.at(-1)?.['message'].conversation).toMatchObject({ id, unreadCount: 6 });
  });

  it('goes on after a cursor with everything since, once and in order, over all conversations', async () => {
    const [binh, ...friends] = Array.from({ length: 4 }, () => newId()) as [string, ...string[]];
    const ids = await Promise.all(friends.map((friend) => chat.starts(friend, [binh])));
    let cursor = await cursorOf(binh);
    const seen: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(ids.map((id, n) => chat.says(friends[n]!, id, `r${round}`)));
      const listener = await chat.listens(binh, cursor);
      // Leaves in the middle of it.
      await listener.until((told) => told.length >= 2 && told[1] !== undefined);
      const taken = listener.told.slice(0, 2);
      await listener.leave();
      cursor = taken.at(-1)?.cursor;
      seen.push(...taken.map(({ message }) => `${message.conversation.id} ${message.seq}`));
    }
    const rest = await chat.listens(binh, cursor);
    await rest.until((told) => told.length === 4);
    await rest.leave();
    seen.push(...rest.told.map(({ message }) => `${message.conversation.id} ${message.seq}`));
    for (const id of ids) expect(seen.filter((one) => one.startsWith(id))).toEqual([1, 2, 3, 4].map((seq) => `${id} ${seq}`));
  });

  it('tells nothing of what its viewer may not see when it is told', async () => {
    const [binh, chen] = [newId(), newId()];
    const cursor = await cursorOf(chen);
    const id = await chat.starts(binh, [chen], 'GROUP');
    await chat.says(binh, id, 'hello');
    chat.blocks(chen, binh);
    const listener = await chat.listens(chen, cursor);
    await listener.until((told) => told.some(({ __typename }) => __typename === 'MessageAdded'));
    // It keeps its place, without what was said and by whom.
    expect(listener.told.at(-1)).toMatchObject({ message: { seq: 1, text: null } });
    await listener.leave();
  });

  it('says so when nobody knows a cursor, or what follows it is not kept', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const old = await cursorOf(chen);
    await chat.says(binh, id, 'one');
    const first = await chat.listens(chen, old);
    await first.until((told) => told.length === 1);
    await first.leave();
    await chat.database.sql`DELETE FROM inbox_entry WHERE user_id = ${chen}`;
    for (const [cursor, reason] of [
      [old, 'CURSOR_EXPIRED'],
      [await cursorOf(binh), 'CURSOR_UNKNOWN'],
      ['nonsense', 'CURSOR_UNKNOWN'],
    ] as const) {
      const listener = await chat.listens(chen, cursor);
      await listener.until((told) => told.length === 1);
      expect(listener.told[0]).toMatchObject({ __typename: 'Resync', reason });
      const again = await chat.listens(chen, listener.told[0]?.cursor);
      await chat.says(binh, id, reason);
      await again.until((told) => told.length === 1);
      await Promise.all([again.leave(), listener.leave()]);
    }
  });

  it('tells nobody of what others write somewhere else', async () => {
    const [binh, chen, dung] = [newId(), newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const listener = await chat.listens(dung);
    await chat.says(binh, id, 'hello');
    const own = await chat.starts(dung, [binh]);
    await chat.says(dung, own, 'mine');
    await listener.until(() => listener.messages.length === 1);
    expect(listener.messages).toEqual(['1 mine']);
    await listener.leave();
  });

  it('tells of what passes by where its reader is, to members alone, and never again', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'hello');
    const listener = await chat.listens(binh, await cursorOf(binh));
    const typing = { kind: 'TYPING', conversationId: fromTypeId('conversation', id) ?? '', actorId: chen, isTyping: true } as const;
    const others = { ...typing, conversationId: fromTypeId('conversation', await chat.starts(chen, [newId()])) ?? '' };
    // Until the listener is attached nobody hears what passes by.
    const telling = setInterval(() => {
      tellPassing(chat.bus, [binh], others);
      tellPassing(chat.bus, [binh], typing);
    }, 50);
    await listener.until((told) => told.some(({ __typename }) => __typename === 'TypingChanged'));
    clearInterval(telling);
    const told = listener.told.filter(({ __typename }) => __typename === 'TypingChanged');
    expect(new Set(told.map(({ conversation }) => conversation.id))).toEqual(new Set([id]));
    expect(told[0]).toMatchObject({ user: { id: toTypeId('user', chen) }, isTyping: true });
    await listener.leave();
    const again = await chat.listens(binh, told[0]?.cursor);
    await chat.says(chen, id, 'there');
    await again.until((heard) => heard.some(({ __typename }) => __typename === 'MessageAdded'));
    expect(again.told.map(({ __typename }) => __typename)).not.toContain('TypingChanged');
    await again.leave();
  });

  it('stands for many messages by one line in a great group, and goes on within it', async () => {
    const owner = newId();
    const members = Array.from({ length: 99 }, () => newId());
    const id = await chat.starts(owner, members, 'GROUP');
    const extra = newId();
    const uuid = (await chat.database.sql<{ id: string }>`SELECT conversation_id AS id FROM member WHERE user_id = ${owner}`)[0]!.id;
    await chat.database.sql`INSERT INTO member (conversation_id, user_id) VALUES (${uuid}, ${extra})`;
    const start = await cursorOf(members[0]!);
    await Promise.all(Array.from({ length: 12 }, (_, n) => chat.says(owner, id, `m${n}`)));
    const listener = await chat.listens(members[0]!, start);
    await listener.until((told) => told.length === 12);
    await listener.leave();
    const seqs = listener.told.map(({ message }) => message.seq);
    expect(seqs).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    const [lines] = await chat.database.sql<{ count: number }>`
      SELECT count(*) FROM inbox_entry WHERE user_id = ${members[0]} AND kind = 'MESSAGE_ADDED'`;
    expect(lines?.count).toBeLessThanOrEqual(12);
    for (const place of [1, 5, 9]) {
      const again = await chat.listens(members[0]!, listener.told[place]?.cursor);
      await again.until((told) => told.length === 11 - place);
      expect(again.told.map(({ message }) => message.seq)).toEqual(seqs.slice(place + 1));
      await again.leave();
    }
  }, 120_000);

  it('loses nothing when its process is started anew', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const cursor = await cursorOf(chen);
    const sending = Array.from({ length: 10 }, (_, n) => chat.says(binh, id, `m${n}`));
    await Promise.all(sending);
    await chat.restart();
    const listener = await chat.listens(chen, cursor);
    await listener.until(() => listener.messages.length === 10);
    expect(listener.told.map(({ message }) => message.seq)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
    await listener.leave();
    expect(await chat.me(chen, 'unreadMessageCount')).toEqual({ unreadMessageCount: 10 });
    expect(await chat.me(binh, 'unreadMessageCount')).toEqual({ unreadMessageCount: 0 });
    expect(toTypeId('user', chen)).toBeTruthy();
  });
});

import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
const binh = newId();
beforeAll(async () => {
  chat = await MessagingUnderTest.start();
  const friends = Array.from({ length: 12 }, () => newId());
  const post = newId();
  for (const friend of friends) {
    const id = await chat.starts(friend, [binh]);
    chat.others.seenPosts.add(`${friend} ${post}`);
    chat.others.seenPosts.add(`${binh} ${post}`);
    const first = await chat.says(friend, id, 'one');
    await chat.says(friend, id, 'two', { replyToId: first['message'].id });
    await chat.says(friend, id, 'three', { sharedId: toTypeId('post', post) });
  }
});
afterAll(() => chat.stop());

it('reads 1, 5 and 12 conversations with everything in them in a number of statements that does not follow theirs', async () => {
  const counts: number[] = [];
  for (const first of [1, 5, 12]) {
    const { result, statements } = await countingStatements(async () =>
      chat.me(
        binh,
        `inboxCursor unreadMessageCount conversations(first: ${first}) { edges { node {
          id kind title unreadCount members(first: 20) { edges { role node { id } } }
          lastMessage { seq text sender { id } shared { __typename } }
          messages(last: 30) { edges { node { seq text sender { id } replyTo { text sender { id } } shared { __typename } } } pageInfo { hasPreviousPage } }
        } } }`,
      ),
    );
    expect(result['conversations'].edges).toHaveLength(first);
    counts.push(statements);
  }
  // Nine; what is asked for at two moments may come to be read twice.
  expect(Math.max(...counts)).toBeLessThanOrEqual(12);
});

import { setTimeout as pause } from 'node:timers/promises';
import { toTypeId } from '@plaza/kernel/type-id';
import type { Chatter } from '../chat/chatter.js';
import type { Books } from './books.js';
import type { History } from './history.js';

const PATIENCE_MS = 20_000;

/** Everybody who listened has heard each message of their conversations once and in order, whatever became of their line. */
export async function compareHeard(books: Books, chatters: readonly Chatter[], history: History): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { heard, person } of chatters) {
    const rows = await books.at('messaging').sql<{ id: string; seq: number }>`
      SELECT member.conversation_id AS id, message.seq FROM member JOIN message ON message.conversation_id = member.conversation_id
      WHERE member.user_id = ${person.uuid} ORDER BY 1, 2`;
    const stored = new Map<string, number[]>();
    for (const { id, seq } of rows) stored.set(toTypeId('conversation', id), [...(stored.get(toTypeId('conversation', id)) ?? []), seq]);
    const mayHear = new Set(visible(stored, history, person.uuid));
    for (const [id, seqs] of stored) {
      const said = (): readonly number[] => heard.get(id) ?? [];
      for (const until = Date.now() + PATIENCE_MS; said().length < seqs.length && Date.now() < until && mayHear.has(id);) await pause(20);
      const isWhole = mayHear.has(id) ? said().join() === seqs.join() : isInOrder(said());
      if (!isWhole) wrong.push(`${person.handle} heard ${said().join(' ')} of ${seqs.join(' ')} in ${id}`);
    }
  }
  return wrong;
}

/** Where somebody is blocked, the other's messages may be hidden: only the order is certain. */
function* visible(stored: ReadonlyMap<string, readonly number[]>, history: History, person: string): Generator<string> {
  if ([...history.blocks.keys()].some((pair) => pair.includes(person))) return;
  yield* stored.keys();
}

const isInOrder = (seqs: readonly number[]): boolean => seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0));

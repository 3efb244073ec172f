import type { Person } from '@plaza/testing/people';
import type { Client } from './client.js';
import type { History, Known } from './history.js';
import type { Random } from './random.js';

const TRIED = 16;

/** Of each kind of thing that is there or not, so many are asked for once more. */
const ASKED_AGAIN = 4;

/** What is there already is asked for once more: nobody may notice. Whoever recounts afterwards does. */
export async function askAgain(client: Client, history: History, people: readonly Person[]): Promise<void> {
  const personOf = (uuid: string): Person | undefined => people.find((person) => person.uuid === uuid);
  const there = (known: ReadonlyMap<string, Known<boolean>>): readonly [string, string][] =>
    [...known]
      .flatMap(([pair, is]): [string, string][] => (is === true ? [pair.split(' ') as [string, string]] : []))
      .slice(0, ASKED_AGAIN); // of pairOf
  for (const [document, known] of [['Like', history.likes] as const, ['Repost', history.reposts] as const]) {
    for (const [postId, uuid] of there(known)) {
      const person = personOf(uuid);
      if (person !== undefined) await client.does(person, document, { postId });
    }
  }
  for (const [follower, followee] of there(history.follows)) {
    const [person, other] = [personOf(follower), personOf(followee)];
    if (person !== undefined && other !== undefined) await client.does(person, 'Follow', { userId: other.id });
  }
}

/** What was done under a key answers the same again, does nothing again, and is refused for something else. */
export async function compareRepeats(client: Client, history: History, random: Random): Promise<readonly string[]> {
  const wrong: string[] = [];
  const some = history.repeats.map((repeat) => ({ repeat, by: random.next() })).toSorted((a, b) => a.by - b.by);
  const [gone, threads] = [
    new Set(history.posts.filter(({ isGone }) => isGone !== false).map(({ id }) => id)),
    new Map(history.comments.map((one) => [one.id, one])),
  ];
  for (const { repeat } of some.slice(0, TRIED)) {
    const { person, document, input, id, idOf, other } = repeat;
    // What was taken away since, or hidden, is answered as missing.
    const comment = threads.get(id);
    const mayBeMissing = gone.has(id) || comment !== undefined;
    const again = await client.does(person, document, input);
    if (again.payload === null ? !mayBeMissing : idOf(again.payload) !== id)
      wrong.push(`${document} ${JSON.stringify(input)} made ${id}, and again ${again.code ?? idOf(again.payload)}`);
    if (other === undefined) continue;
    const refused = await client.does(person, document, other);
    if (refused.payload !== null) wrong.push(`${document} under a used key was done for something else: ${JSON.stringify(other)}`);
  }
  return wrong;
}

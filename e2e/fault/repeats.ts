import type { Client } from './client.js';
import type { History } from './history.js';
import type { Random } from './random.js';

const TRIED = 16;

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

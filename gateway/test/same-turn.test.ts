import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SubgraphAnswer, SubgraphQuery } from '../src/engine/engine.js';
import { SameTurn } from '../src/subgraphs/same-turn.js';

const read = (id: string): SubgraphQuery => ({ query: 'query ($id: ID!) { thing(id: $id) { id } }', variables: { id } });

/** A subgraph that answers when it is told to. */
function subgraph() {
  const waiting: ((answer: SubgraphAnswer) => void)[] = [];
  return {
    begin: () => new Promise<SubgraphAnswer>((resolve) => waiting.push(resolve)),
    get visits() {
      return waiting.length;
    },
    answer: () => waiting.forEach((resolve, visit) => resolve({ data: { thing: { id: 't1', visit } } })),
  };
}

describe('Equal reads of one turn', () => {
  it('are one, and each asker has data of their own', async () => {
    const [turn, social] = [new SameTurn(), subgraph()];
    const asked = [1, 2, 3].map(() => turn.ask('anna', 'social', read('t1'), social.begin));
    expect(social.visits).toBe(1);
    expect(asked.map(({ isJoined }) => isJoined)).toEqual([false, true, true]);
    social.answer();
    const data = (await Promise.all(asked.map(({ answer }) => answer))).map((result) => result.data);
    expect(data).toEqual([1, 2, 3].map(() => ({ thing: { id: 't1', visit: 0 } })));
    expect(new Set(data.map((each) => each?.['thing'])).size).toBe(3);
  });

  it.each([
    ['by another asker', 'binh', 'social', read('t1')],
    ['of another subgraph', 'anna', 'feed', read('t1')],
    ['with other variables', 'anna', 'social', read('t2')],
    ['by another name', 'anna', 'social', { ...read('t1'), operationName: 'Other' }],
    ['of something else', 'anna', 'social', { ...read('t1'), query: '{ things { id } }' }],
  ])('are asked by themselves: one %s', (_what, asker, name, query) => {
    const [turn, social] = [new SameTurn(), subgraph()];
    turn.ask('anna', 'social', read('t1'), social.begin);
    expect(turn.ask(asker, name, query, social.begin).isJoined).toBe(false);
    expect(social.visits).toBe(2);
  });

  it('end with it: who asks later may know of something newer', async () => {
    const [turn, social] = [new SameTurn(), subgraph()];
    turn.ask('anna', 'social', read('t1'), social.begin);
    await nextTurn();
    expect(turn.ask('anna', 'social', read('t1'), social.begin).isJoined).toBe(false);
  });

  it('end with their answer: it is written into from then on', async () => {
    const turn = new SameTurn();
    const begin = () => Promise.resolve<SubgraphAnswer>({ data: {} });
    await turn.ask('anna', 'social', read('t1'), begin).answer;
    expect(turn.ask('anna', 'social', read('t1'), begin).isJoined).toBe(false);
  });

  it('fail for everybody', async () => {
    const turn = new SameTurn();
    const begin = () => Promise.reject<SubgraphAnswer>(new Error('away'));
    const asked = [1, 2].map(() => turn.ask('anna', 'social', read('t1'), begin).answer);
    for (const answer of asked) await expect(answer).rejects.toThrow('away');
  });
});

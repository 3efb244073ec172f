import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Comparison } from './compare.js';
import { GRAPHS, supergraphOf } from './graphs.js';

/** `npm run fuzz:engine` draws many more. */
const COUNT = 10;

/** How long it takes is the machine's affair. */
describe('drawn operations', { timeout: 300_000 }, () => {
  for (const [name, subgraphs] of Object.entries(GRAPHS)) {
    it(`come out over "${name}" as with the stock executor, or as they should`, async () => {
      expect(await wrongOnes(supergraphOf(subgraphs), name)).toEqual([]);
    });
  }

  it('come out over the graph of this repository as with the stock executor, or as they should', async () => {
    const supergraphSdl = await readFile(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8');
    expect(await wrongOnes(supergraphSdl, 'repository')).toEqual([]);
  });
});

async function wrongOnes(supergraphSdl: string, seed: string): Promise<readonly string[]> {
  const comparison = new Comparison(supergraphSdl, seed);
  const reports: string[] = [];
  for (let number = 0; number < COUNT; number += 1) {
    const verdict = await comparison.run(number);
    if (verdict.kind === 'wrong') reports.push(verdict.report);
  }
  return reports;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { describe, expect, it } from 'vitest';

describe('the list of subgraphs', () => {
  it('is what stands in the folders', () => {
    expect(readdirSync('subgraphs').toSorted()).toEqual([...SUBGRAPH_NAMES].toSorted());
  });

  it.each(SUBGRAPH_NAMES)('gives %s a block of code generation and a place for its tables', (name) => {
    expect(readFileSync('codegen.yml', 'utf8')).toContain(`\n  subgraphs/${name}/src/modules:`);
    expect(existsSync(`prisma/${name}/migrations`)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { allowedNames, brokenOperations, changes, refusedOperations } from './breaking.js';

describe('changes of the api', () => {
  it('that take something away are breaking, and have a name', async () => {
    const found = await changes('type Query { a: Int b: Int }', 'type Query { a: Int c: Int }');
    expect(found.map(({ name, breaking }) => [name, breaking])).toEqual([
      ['FIELD_REMOVED Query.b', true],
      ['FIELD_ADDED Query.c', false],
    ]);
  });

  it('are none when only the order is another', async () => {
    expect(await changes('type Query { a: Int b: Int }', 'type Query { b: Int a: Int }')).toEqual([]);
  });

  it('are allowed by the name in a list item, not in a comment', () => {
    const page = '# Allowed\n\n- `FIELD_REMOVED Query.b`: nobody asks.\n<!-- - `FIELD_REMOVED Query.c`: example. -->\n';
    expect([...allowedNames(page)]).toEqual(['FIELD_REMOVED Query.b']);
  });
});

describe('a breaking change', () => {
  const before = `
    type Query { post(id: ID!): Post search(in: Find!, sort: Sort): [Post!] }
    type Post { text: String author: User }
    type User { name: String! audience: Audience }
    input Find { text: String deep: Deep } input Deep { kind: Audience }
    enum Audience { PUBLIC MINE } enum Sort { NEW }`;
  const operations = [
    { name: 'Text', body: 'query Text { post(id: "1") { text } }' },
    { name: 'Author', body: 'query Author { post(id: "1") { ...P } } fragment P on Post { author { name } }' },
    { name: 'Reads', body: 'query Reads { post(id: "1") { author { audience } } }' },
    { name: 'Finds', body: 'query Finds($in: Find!) { search(in: $in) { text } }' },
  ];
  const touched = async (after: string) => {
    const found = (await changes(before, after)).filter(({ breaking }) => breaking);
    return found.map((change) => [change.name, brokenOperations(change, operations, before)] as const);
  };

  it.each<readonly [string, string, string, readonly string[]]>([
    ['a field that is gone', 'author: User }', '}', ['Author', 'Reads']],
    ['a field in a fragment', 'name: String! ', 'other: String! ', ['Author']],
    ['an argument that must be there from now on', 'post(id: ID!)', 'post(id: ID!, lang: String!)', ['Text', 'Author', 'Reads']],
    ['a value that is gone, read or written deep in a variable', 'PUBLIC MINE', 'PUBLIC', ['Reads', 'Finds']],
    ['a field of an input that must be there from now on', 'kind: Audience }', 'kind: Audience! }', ['Finds']],
  ])('names the operations that it touches: %s', async (_what, was, is, names) => {
    const all = await touched(before.replace(was, is));
    expect(all.flatMap(([, operation]) => operation).filter((name, at, list) => list.indexOf(name) === at)).toEqual(names);
  });

  it('says which operations are no longer answered', () => {
    expect(refusedOperations(operations, before.replace('text: String author', 'author'))).toEqual(['Text', 'Finds']);
  });
});

import { describe, expect, it } from 'vitest';
import { allowedNames, changes } from './breaking.js';

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

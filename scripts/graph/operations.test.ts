import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOperations } from './operations.js';

const api = buildSchema('type Query { me: Person } type Person { id: ID! }');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'operations-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('trusted documents', () => {
  it('get an id that no white space changes', () => {
    writeFileSync(join(folder, 'Me.graphql'), 'query   Me { me { id } } # who');
    const { manifest, problems } = readOperations(folder, api);
    expect(problems).toEqual([]);
    expect(manifest.operations).toEqual([
      {
        id: '28ded040e678ab1f436f25986180b7c087d12bc68609aaa5360b12972e4ed3ca',
        name: 'Me',
        type: 'query',
        body: 'query Me {\n  me {\n    id\n  }\n}',
      },
    ]);
  });

  it('are refused when the graph cannot answer them', () => {
    writeFileSync(join(folder, 'Me.graphql'), 'query Me { me { name } }');
    writeFileSync(join(folder, 'Live.graphql'), 'subscription Live { live { id } }');
    const { problems } = readOperations(folder, api);
    expect(problems).toEqual([
      expect.stringContaining('the graph has no subscription'),
      expect.stringContaining('Cannot query field "name" on type "Person"'),
    ]);
  });

  it('are refused under the name of another file', () => {
    writeFileSync(join(folder, 'You.graphql'), 'query Me { me { id } }');
    expect(readOperations(folder, api).problems).toEqual([expect.stringContaining('wants one operation first, named You')]);
  });
});

import { createHash } from 'node:crypto';
import { TrustedDocuments } from '@plaza/gateway/operations/trusted-documents';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { clientProblems } from './clients.js';

const api = buildSchema('type Query { me: Person } type Person { id: ID! handle: String! }');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What Apollo's builds write: the text that the client will send, in its way, under the SHA-256 of just that text. */
const BODIES = {
  // Kotlin leaves out what the server does not need.
  kotlin: 'query Me { me { __typename id handle } }',
  // Swift writes fragments behind, and everything in one line.
  swift: 'query Me { me { __typename ...Parts } }\nfragment Parts on Person { __typename id handle }',
  web: 'query Me {\n  me {\n    id\n    ...Parts\n    __typename\n  }\n}\n\nfragment Parts on Person {\n  handle\n  __typename\n}',
};
const manifestOf = (body: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: sha256(body), body, name: 'Me', type: 'query', ...more }],
  });

describe('a manifest of a client’s own', () => {
  it.each(Object.entries(BODIES))(
    'as Apollo’s client for %s writes it is taken, and found by the id that this client sends',
    (_client, body) => {
      const text = manifestOf(body, { clientName: 'phone' });
      expect(clientProblems('phone', text, api)).toEqual([]);
      const documents = new TrustedDocuments(JSON.parse(manifestOf(BODIES.web)), JSON.parse(text));
      expect(documents.text(sha256(body))).toBe(body);
      expect(documents.label('Me')).toBe('Me');
    },
  );

  it('is refused where an id is not that of its text', () => {
    expect(clientProblems('phone', manifestOf(BODIES.kotlin, { id: sha256('another') }), api)).toEqual([
      'phone: Me: its id is not the SHA-256 of its body, which the safelist goes by',
    ]);
  });

  it.each([
    ['what the graph cannot answer', 'query Me { me { name } }', 'Cannot query field "name" on type "Person".'],
    ['what is no GraphQL', 'query Me {', 'Syntax Error: Expected Name, found <EOF>.'],
    ['another name', 'query You { me { id } }', 'its body is not one query of this name'],
    ['another kind', 'subscription Me { me { id } }', 'its body is not one query of this name'],
    ['two at once', 'query Me { me { id } } query You { me { id } }', 'its body is not one query of this name'],
  ])('is refused with %s', (_what, body, problem) => {
    expect(clientProblems('phone', manifestOf(body), api)).toEqual([`phone: Me: ${problem}`]);
  });

  it.each(['', '{}', '[]', '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}'])(
    'is refused when it is none: %s',
    (text) => {
      expect(clientProblems('phone', text, api)).toEqual([expect.stringContaining('phone: is no persisted query manifest')]);
    },
  );
});

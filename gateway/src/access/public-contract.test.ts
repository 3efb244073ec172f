import { readFile } from 'node:fs/promises';
import { buildSchema, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { publicContract } from './public-contract.js';

const contractOf = (text: string) => {
  const sdl = `directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE\n${text}`;
  return publicContract(parse(sdl), buildSchema(sdl));
};
const words = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

describe('the public contract', () => {
  it('has the marked fields, what their arguments need, and nothing else', () => {
    const { sdl, problems } = contractOf(`
      type Query { open(of: Filter): Thing @tag(name: "public") closed: Secret }
      input Filter { kind: Kind } enum Kind { ONE TWO }
      type Thing { id: ID! @tag(name: "public") inner: Secret }
      type Secret { id: ID! }`);
    expect(problems).toEqual([]);
    expect(words(sdl)).toBe(
      'type Query { open(of: Filter): Thing } input Filter { kind: Kind } enum Kind { ONE TWO } type Thing { id: ID! }',
    );
  });

  it('takes every field of a marked type, as long as a public field leads there', () => {
    const { sdl } = contractOf(`
      type Query { open: Thing @tag(name: "public") }
      type Thing @tag(name: "public") { id: ID! name: String }
      type Island @tag(name: "public") { id: ID! }`);
    expect(words(sdl)).toBe('type Query { open: Thing } type Thing { id: ID! name: String }');
  });

  it('knows the scopes that the marks name, those of the type among them', () => {
    const { scopes } = contractOf(`
      type Query { me: Me @tag(name: "public") }
      type Me @tag(name: "public/read/me") { id: ID! email: String @tag(name: "public/read/email") }`);
    expect(Object.fromEntries(scopes)).toEqual({ 'Me.id': ['read:me'], 'Me.email': ['read:email', 'read:me'] });
  });

  it('does not lead to what is not public', () => {
    const { problems, schema } = contractOf(`
      type Query { open: Thing @tag(name: "public") }
      type Thing { id: ID! }`);
    expect(problems).toEqual(['Query.open is public and leads to Thing, of which nothing is']);
    expect(schema).toBeNull();
  });

  it('answers with no type that apps have no word for', () => {
    const { problems } = contractOf(`
      interface Node @tag(name: "public") { id: ID! }
      union Any = Known | Unknown
      type Query { node: Node @tag(name: "public") any: Any @tag(name: "public") }
      type Known implements Node { id: ID! @tag(name: "public") }
      type Hidden implements Node { id: ID! }
      type Unknown { id: ID! }`);
    expect(problems).toEqual([
      'Query.node is public and leads to Hidden, of which nothing is',
      'Hidden.id is not public, Node.id is',
      'Query.any is public and leads to Unknown, of which nothing is',
    ]);
  });

  it('has no schema where nothing is marked', () => {
    expect(contractOf('type Query { closed: String }')).toMatchObject({ schema: null, sdl: '', problems: [] });
  });

  it('of the committed graph gives nothing private without a scope', async () => {
    const read = (name: string): Promise<string> => readFile(new URL(`../../../schema/${name}.graphql`, import.meta.url), 'utf8');
    const api = buildSchema(await read('api'));
    const { schema, scopes, sdl } = publicContract(parse(await read('supergraph')), api);
    expect(sdl).toBe(await read('public'));
    const mutations = Object.keys(schema?.getMutationType()?.getFields() ?? {}).map((name) => `Mutation.${name}`);
    const viewer = schema?.getType('Viewer');
    const own = isObjectType(viewer) ? Object.keys(viewer.getFields()) : [];
    const isPrivate = [...mutations, ...own.filter((name) => name !== 'id').map((name) => `Viewer.${name}`)];
    expect(isPrivate.length).toBeGreaterThan(5);
    expect(isPrivate.filter((coordinate) => !scopes.has(coordinate))).toEqual([]);
  });
});

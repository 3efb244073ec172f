import { concatAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as rules from './rules.js';
import { readSubgraphs, type SubgraphSdl } from './sdl.js';

const owner = `
  "A note."
  type Post @key(fields: "id") { id: ID! gate: String @inaccessible text: String! }
`;

describe('rules of the graph', () => {
  it('hold for the graph as it is', () => {
    expect(rules.graphRules.flatMap((rule) => rule(readSubgraphs()))).toEqual([]);
  });

  it.each<[string, rules.GraphRule, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'two subgraphs that describe one type',
      rules.everySharedTypeHasOneOwner,
      { content: owner, social: '"Mine too." type Post @key(fields: "id") { id: ID! }' },
      ['Post is described by content and social: its owner alone describes it'],
    ],
    [
      'a shared type that nobody describes',
      rules.everySharedTypeHasOneOwner,
      { content: 'type Post { id: ID! }', social: 'type Post { id: ID! }' },
      ['Post is described by nobody: its owner alone describes it'],
    ],
    [
      'a contributed field that is not nullable',
      rules.contributedFieldsAreNullable,
      { content: owner, social: 'type Post @key(fields: "id") { id: ID! likeCount: Int! @requires(fields: "gate") }' },
      ["Post.likeCount (social) is added to another subgraph's type and must be nullable"],
    ],
    [
      'a contributed field in an extension',
      rules.contributedFieldsAreNullable,
      { content: owner, social: 'extend type Post { repostCount: Int! }' },
      ["Post.repostCount (social) is added to another subgraph's type and must be nullable"],
    ],
    [
      'a field on content with an audience that does not ask for the gate',
      rules.contributedFieldsAskForTheGate,
      { content: owner, social: 'type Post @key(fields: "id") { id: ID! gate: String @external likeCount: Int }' },
      ['Post.likeCount (social) needs @requires(fields: "gate"): Post has an audience'],
    ],
    [
      'a field on what has no audience',
      rules.contributedFieldsAskForTheGate,
      {
        accounts: '"A person." type User @key(fields: "id") { id: ID! }',
        social: 'type User @key(fields: "id") { id: ID! followerCount: Int }',
      },
      [],
    ],
    [
      'a connection without its size',
      rules.pagedFieldsSayTheirSize,
      { content: 'type User { posts(first: Int!, after: String): PostConnection }' },
      ['User.posts (content) is paged and needs @listSize'],
    ],
    [
      'a bare list without a bound',
      rules.bareListsSayTheirBound,
      { content: 'type Post { "The pictures." media: [Int!]! "At most ten." tags: [String!] }' },
      ['Post.media (content) is a bare list: its description says "at most" how many'],
    ],
    [
      'a mutation with a naked argument',
      rules.mutationsTakeOneInput,
      {
        content:
          'extend type Mutation { deletePost(postId: ID!): DeletePostResult logout: LogoutResult editPost(input: EditPostInput!): EditPostResult }',
      },
      ['Mutation.deletePost (content) takes exactly (input: DeletePostInput!)'],
    ],
    [
      'a mutation that returns its thing',
      rules.mutationsAnswerWithAUnion,
      { content: 'extend type Mutation { deletePost: Boolean! }' },
      ['Mutation.deletePost (content) returns the nullable union DeletePostResult'],
    ],
    [
      'a failure that is no UserError',
      rules.mutationsAnswerWithAUnion,
      {
        content:
          'extend type Mutation { logout: LogoutResult } union LogoutResult = LogoutOk | Odd type LogoutOk { id: ID } type Odd { id: ID }',
      },
      ['Odd of LogoutResult must implement UserError'],
    ],
    [
      "a name in the gateway's own namespace",
      rules.noNameTakesTheAliasPrefix,
      { content: 'type Post { A_text: String }' },
      ['Post.A_text (content) begins with A_, which the gateway keeps for itself'],
    ],
    [
      'a type and a root field without words',
      rules.rootFieldsAndTypesAreDescribed,
      { content: 'extend type Query { post: Post } type Post { id: ID } type PostEdge { id: ID } input PostInput { id: ID }' },
      ['Post (content) has no description', 'Query.post (content) has no description'],
    ],
  ])('see %s', (_case, rule, sdl, expected) => {
    expect(rule(graph(sdl))).toEqual(expected);
  });
});

function graph(sdl: Readonly<Record<string, string>>): readonly SubgraphSdl[] {
  return Object.entries(sdl).map(([name, text]) => ({ name, own: parse(text), whole: concatAST([parse(text)]) }));
}

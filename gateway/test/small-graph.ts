import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Claims } from '@plaza/auth/assertion';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Line, SmallLog } from './small-live.js';

/** What the resolvers of the small graph see. */
export interface SmallContext {
  readonly claims: Claims;
}

/** What the resolvers of live fields see besides. */
export interface LiveContext extends SmallContext {
  readonly scope: RequestScope;
  readonly log: SmallLog;
}

const head = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@inaccessible", "@authenticated", "@requiresScopes", "@cost", "@listSize", "@tag"])`;

/** Three subgraphs with a key, a field that looks like the key, an interface, a union, a list by size, and fields for members only. */
const TYPE_DEFS = {
  accounts: `${head}
    type Query {
      thing(id: ID!): Thing @tag(name: "public")
      things(first: Int! = 3): [Thing!]! @listSize(slicingArguments: ["first"])
      page(first: Int! = 3): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
      node(id: ID!): Node
      anything: [Any!]!
      whoami: String @tag(name: "public/read/me")
      epoch: Int
      members: String @authenticated @tag(name: "public")
      admins: String @requiresScopes(scopes: [["admin"], ["root", "full"]])
      breaks: String
      tree: Tree
      heavy: String @cost(weight: 50) @tag(name: "public")
    }
    type Mutation {
      change(value: String!): Thing @authenticated
      open(value: String!): Thing
      twice: Thing
    }
    interface Node { id: ID! }
    union Any = Thing | Other
    type Page { edges: [Edge!]! }
    type Edge { cursor: String! node: Thing! }
    type Tree { label: String! must: Member! next: Tree }
    type Member { label: String! name: String! @authenticated }
    type Thing implements Node @key(fields: "id") {
      id: ID! @tag(name: "public")
      legacyId: ID!
      title(upper: Boolean = false): String! @tag(name: "everybody") @tag(name: "public")
      hidden: String @authenticated
      strict: String! @authenticated
      gate: String @inaccessible
      part: Part
    }
    type Other implements Node { id: ID! title(upper: Boolean = false): String! hidden: String }
    type Part { id: ID! label: String! }`,
  social: `${head}
    type Query { _social: Int }
    type Thing @key(fields: "id") {
      id: ID!
      gate: String @external
      name: String @tag(name: "everybody")
      score(of: Int = 1): Int
      epoch: Int
      gated: String @requires(fields: "gate")
      friends: [Thing!]
      slow: String
    }`,
  content: `${head}
    type Query { _content: Int }
    type Subscription {
      ticks(of: ID!, after: String): Tick @tag(name: "everybody")
      memberTicks(after: String): Tick @authenticated
      state: Int
    }
    type Tick {
      cursor: String! @tag(name: "everybody")
      count: Int! @tag(name: "everybody")
      by: ID @tag(name: "everybody")
      text: String @tag(name: "everybody")
      thing: Thing @tag(name: "everybody")
      seenBy: String
      breaks: String
    }
    type Thing @key(fields: "id") { id: ID! @tag(name: "everybody") }`,
} as const;

export type SmallSubgraph = keyof typeof TYPE_DEFS;
export const SMALL_SUBGRAPHS = ['accounts', 'social', 'content'] as const satisfies readonly SmallSubgraph[];

const IDS = ['t1', 't2', 't3'];
const thing = (id: string) =>
  IDS.includes(id)
    ? {
        __typename: 'Thing',
        id,
        legacyId: `legacy-${id}`,
        title: title(`Title ${id}`),
        hidden: `hidden ${id}`,
        strict: `strict ${id}`,
        gate: `gate ${id}`,
        part: { id: `p-${id}`, label: 'part' },
      }
    : null;
const title =
  (text: string) =>
  ({ upper }: { upper?: boolean }) =>
    upper === true ? text.toUpperCase() : text;
const other = { __typename: 'Other', id: 'o1', title: title('Other'), hidden: 'not hidden' };
const tree = (depth: number): object => ({
  label: `level ${depth}`,
  must: { label: 'member', name: 'secret name' },
  next: () => (depth === 0 ? null : tree(depth - 1)),
});

const RESOLVERS = {
  accounts: {
    Query: {
      thing: (_: unknown, { id }: { id: string }) => thing(id),
      things: (_: unknown, { first }: { first: number }) => IDS.slice(0, first).map(thing),
      page: (_: unknown, { first }: { first: number }) => ({ edges: IDS.slice(0, first).map((id) => ({ cursor: id, node: thing(id) })) }),
      node: (_: unknown, { id }: { id: string }) => (id === 'o1' ? other : thing(id)),
      anything: () => [thing('t1'), other],
      whoami: (_: unknown, __: unknown, { claims }: SmallContext) => claims.viewer?.id ?? null,
      epoch: (_: unknown, __: unknown, { claims }: SmallContext) => claims.viewer?.epoch ?? null,
      members: () => 'for members',
      admins: () => 'for admins',
      breaks: () => {
        throw new Error('SELECT * FROM secrets at postgres://10.0.0.1');
      },
      tree: () => tree(3),
      heavy: () => 'heavy',
    },
    Mutation: { change: () => thing('t1'), open: () => thing('t2'), twice: () => thing('t3') },
    Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Any: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Thing: { __resolveReference: ({ id }: { id: string }) => thing(id) },
  },
  social: {
    Query: { _social: () => 1 },
    Thing: {
      __resolveReference: ({ id, gate }: { id: string; gate?: string }) => ({ id, gate }),
      name: ({ id }: { id: string }) => `Name of ${id}`,
      score: ({ id }: { id: string }, { of }: { of: number }) => Number(id.slice(1)) * of,
      epoch: (_: unknown, __: unknown, { claims }: SmallContext) => claims.viewer?.epoch ?? null,
      gated: ({ id, gate }: { id: string; gate?: string }) => (gate === `gate ${id}` ? 'open' : null),
      friends: ({ id }: { id: string }) => IDS.filter((other) => other !== id).map((friend) => ({ __typename: 'Thing', id: friend })),
      slow: () => 'slow',
    },
  },
  content: {
    Query: { _content: () => 1 },
    Subscription: {
      ticks: {
        async subscribe(_: unknown, { of, after }: { of: string; after?: string | null }, { scope, log }: LiveContext) {
          // There is nothing between what is hidden from somebody and what is not there.
          if (of === 'missing' || (of === 'members' && scope.viewer === null))
            throw new GraphQLError('There is no such thing.', { extensions: { code: 'BAD_USER_INPUT' } });
          await log.enter();
          return log.follow(after, scope.left ?? new AbortController().signal, scope.viewer);
        },
        resolve: (line: Line, _: unknown, context: LiveContext) => context.log.tell(line, context.scope.viewer, context),
      },
      memberTicks: {
        subscribe: (_: unknown, { after }: { after?: string | null }, { scope, log }: LiveContext) =>
          log.follow(after, scope.left ?? new AbortController().signal, scope.viewer),
        resolve: (line: Line, _: unknown, context: LiveContext) => context.log.tell(line, context.scope.viewer, context),
      },
      state: {
        async *subscribe() {
          yield 1;
          yield await Promise.resolve(2);
        },
        resolve: (value: number) => value,
      },
    },
    Tick: {
      seenBy: (_: unknown, __: unknown, { scope }: LiveContext) => `${scope.viewer?.id ?? 'guest'} ${scope.viewer?.epoch ?? '-'}`,
      breaks: () => {
        throw new Error('SELECT * FROM secrets at postgres://10.0.0.1');
      },
    },
  },
};

export const smallSubgraph = (name: SmallSubgraph): GraphQLSchema =>
  buildSubgraphSchema([{ typeDefs: parse(TYPE_DEFS[name]), resolvers: RESOLVERS[name] }]);

/** All composed, security directives and all; `changed` makes another graph of it. */
export function smallSupergraph(changed: (typeDefs: string) => string = (typeDefs) => typeDefs): string {
  const { supergraphSdl, errors } = composeServices(
    SMALL_SUBGRAPHS.map((name) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(changed(TYPE_DEFS[name])) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

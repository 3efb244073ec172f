import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';

/**
 * The graph that benchmarks of federation gateways have in common: people, what they wrote about products, and what is in stock. The subgraphs bear
 * names of ours, which our gateway's ports are called by.
 */
const TYPE_DEFS = {
  accounts: `
    type Query { users: [User] me: User }
    type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`,
  content: `
    type Query { topProducts(first: Int = 5): [Product] }
    type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
  commerce: `
    type Product @key(fields: "upc") {
      upc: String! weight: Int @external price: Int @external
      inStock: Boolean shippingEstimate: Int @requires(fields: "price weight")
    }`,
  social: `
    type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
    type User @key(fields: "id") { id: ID! username: String @external numberOfReviews: Int reviews: [Review] }
    type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
} as const;

export type StandardSubgraph = keyof typeof TYPE_DEFS;

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

export const standardTypeDefs = (Object.keys(TYPE_DEFS) as StandardSubgraph[]).map((name) => ({
  name,
  typeDefs: parse(`${LINK}\n${TYPE_DEFS[name]}`),
}));

/** Everybody with what they wrote, the products of it, what others wrote about these, and so on: sixteen fetches for the stock gateway. */
export const STANDARD_QUERY = `
  fragment Person on User { id username name }
  fragment Opinion on Review { id body }
  fragment Thing on Product { inStock name price shippingEstimate upc weight }
  query Standard {
    users {
      ...Person
      reviews { ...Opinion product { ...Thing reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Thing } } } } } }
    }
    topProducts {
      ...Thing
      reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Thing } } } }
    }
  }`;

const PEOPLE = ['Uri Goldshtein', 'Ana Duarte', 'Bo Lindqvist', 'Chidi Okafor', 'Dana Rossi', 'Emre Kaya'].map((name, index) => ({
  id: String(index + 1),
  name,
  username: name.split(' ')[0]?.toLowerCase() ?? '',
  birthday: 1_234_567_890 + index,
}));

const PRODUCTS = ['Table', 'Couch', 'Glass', 'Chair', 'TV', 'Lamp', 'Grill', 'Fridge', 'Sofa'].map((name, index) => ({
  upc: String(index + 1),
  name,
  price: (index + 1) * 199,
  weight: (index + 1) * 100,
}));

const BODY =
  'It came on the day it was promised and does what it should. The colour is a little darker than in the picture, the legs took an evening to put on, and since then nobody in the house wants to be anywhere else. I would buy it again. One thing to know before: it is heavy, and the two who bring it leave it at the door. What they brought it in was kept dry, nothing was missing, and whoever answers their letters answers within a day. If it lasts as long as the last one did, I shall not write here again for eleven years.';

/** By whom, about what. */
const WRITTEN = [
  [1, 1], [1, 2], [2, 3], [2, 1], [3, 4], [3, 1], [4, 5], [4, 2], [5, 1], [5, 6], [6, 7],
] as const; // prettier-ignore

const REVIEWS = WRITTEN.map(([author, product], index) => ({
  id: String(index + 1),
  body: `${index + 1}. ${BODY}`,
  author: { id: String(author), username: PEOPLE[author - 1]?.username },
  product: { upc: String(product) },
}));

interface Known {
  readonly upc: string;
  readonly price?: number;
  readonly weight?: number;
}

const RESOLVERS = {
  accounts: {
    Query: { users: () => PEOPLE, me: () => PEOPLE[0] },
    User: { __resolveReference: ({ id }: { readonly id: string }) => PEOPLE.find((person) => person.id === id) },
  },
  content: {
    Query: { topProducts: (_: unknown, { first }: { readonly first: number }) => PRODUCTS.slice(0, first) },
    Product: { __resolveReference: ({ upc }: Known) => PRODUCTS.find((product) => product.upc === upc) },
  },
  commerce: {
    Product: {
      inStock: ({ upc }: Known) => Number(upc) % 3 !== 0,
      shippingEstimate: ({ price = 0, weight = 0 }: Known) => (price > 1_000 ? 0 : Math.round(weight / 2)),
    },
  },
  social: {
    Review: { __resolveReference: ({ id }: { readonly id: string }) => REVIEWS.find((review) => review.id === id) },
    User: {
      reviews: ({ id }: { readonly id: string }) => REVIEWS.filter(({ author }) => author.id === id),
      numberOfReviews: ({ id }: { readonly id: string }) => REVIEWS.filter(({ author }) => author.id === id).length,
    },
    Product: { reviews: ({ upc }: Known) => REVIEWS.filter(({ product }) => product.upc === upc) },
  },
} as const;

export const standardSchemas = (): ReadonlyMap<string, GraphQLSchema> =>
  new Map(standardTypeDefs.map(({ name, typeDefs }) => [name, buildSubgraphSchema({ typeDefs, resolvers: RESOLVERS[name] })]));

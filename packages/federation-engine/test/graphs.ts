import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external", "@provides", "@shareable", "@override", "@inaccessible", "@tag", "@interfaceObject", "@context", "@fromContext", "@authenticated", "@requiresScopes", "@policy"])`;

/** Composes subgraphs by name. @throws Error with what does not compose */
export function supergraphOf(subgraphs: Readonly<Record<string, string>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: `http://${name}`, typeDefs: parse(`${LINK}\n${sdl}`) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/** Small graphs, each for some of the rules. */
export const GRAPHS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  shop: {
    goods: `
      type Query { items(first: Int = 3): [Item!]! item(id: ID!): Item best: Item shelf: Shelf! }
      type Mutation { rename(id: ID!, name: String!): Item touch(id: ID!): Item! count: Int }
      type Item @key(fields: "id") { id: ID! name: String price(currency: String = "EUR"): Int weight: Int! related: [Item!] size: Size! legacyId: ID grid: [[Item]] }
      type Size @shareable { width: Int! height: Int }
      type Shelf @key(fields: "id") { id: ID! items(first: Int): [Item] title: String! @inaccessible }`,
    sending: `
      type Item @key(fields: "id") { id: ID! price(currency: String = "EUR"): Int @external weight: Int! @external size: Size! @external
        cost(to: String): Int @requires(fields: "price(currency: \\"USD\\") weight") costEuro: Int @requires(fields: "price(currency: \\"EUR\\")")
        fits: Boolean! @requires(fields: "size { width height }") }
      type Size @shareable { width: Int! height: Int }`,
    opinions: `
      type Query { latest(first: Int): [Review!] }
      type Item @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! stars: Float cost(to: String): Int @external worth: Int @requires(fields: "cost(to: \\"here\\")") }
      type Review @key(fields: "id") { id: ID! text: String item: Item! author: Person @provides(fields: "name") answers: [Review] }
      type Person @key(fields: "id") { id: ID! name: String! @external written: [Review!] }`,
    people: `
      type Query { me: Person people: [Person!]! }
      type Person @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String! @shareable friends: [Person] favourite: Item }
      type Item @key(fields: "id", resolvable: false) { id: ID! }`,
  },
  shapes: {
    draw: `
      type Query { all: [Shape!]! one: Shape any: [Thing] circle: Circle nothing: Nobody }
      interface Shape { id: ID! name: String owner: Owner nested: Shape }
      type Circle implements Shape @key(fields: "id") { id: ID! name: String owner: Owner nested: Shape radius: Int! tint: Tint }
      type Square implements Shape @key(fields: "id") { id: ID! name: String owner: Owner nested: Shape side: Int tint: Tint! }
      type Line implements Shape { id: ID! name: String owner: Owner nested: Shape radius: Float }
      union Thing = Circle | Square | Owner
      type Owner @key(fields: "id") { id: ID! }
      type Nobody { name: String }
      enum Tint { RED GREEN BLUE }`,
    measure: `
      type Query { measured: [Measured] }
      interface Measured { id: ID! area(unit: String): Float }
      type Circle implements Measured @key(fields: "id") { id: ID! area(unit: String): Float radius: Int! @external around: Float @requires(fields: "radius") }
      type Square implements Measured @key(fields: "id") { id: ID! area(unit: String): Float corners: [Corner!] }
      type Corner { at: Int! of: Measured }
      type Owner @key(fields: "id") { id: ID! label: String! things: [Thing!] favourite: Thing }
      union Thing = Circle | Square`,
  },
  accounts: {
    core: `
      type Query { accounts: [Account!]! account(id: ID!): Account feed: [Entry] }
      interface Account @key(fields: "id") { id: ID! name: String }
      type User implements Account @key(fields: "id") { id: ID! name: String age: Int }
      type Shop implements Account @key(fields: "id") { id: ID! name: String open: Boolean! }
      type Entry { by: Account! title: String }`,
    social: `
      type Query { followed: [Account!] }
      type Account @key(fields: "id") @interfaceObject { id: ID! name: String @external followers: [Account!] posts(first: Int = 2): [Post!]! greeting: String @requires(fields: "name") }
      type Post @key(fields: "id") { id: ID! text: String! account: Account }`,
    stats: `
      type Post @key(fields: "id") { id: ID! views: Int! score: Float }
      type Account @key(fields: "id") @interfaceObject { id: ID! rank: Int }`,
  },
  overlap: {
    left: `
      type Query { root: Root @shareable left: [Root!]! common: Int @shareable }
      type Mutation { change(to: Int!): Payload add(n: Int): Int! }
      type Payload { root: Root! query: Query! value: Int }
      type Root @key(fields: "id") @key(fields: "place { x y }") { id: ID! place: Place! @shareable inner: Inner @shareable old: String only: Int matrix: [[Int!]!] }
      type Place @shareable { x: Int! y: Int! }
      type Inner @shareable { a: String! l: Int @inaccessible same: Inner }`,
    right: `
      type Query { root: Root @shareable right: Root common: Int @shareable }
      type Mutation { reset: Root }
      type Root @key(fields: "id") { id: ID! inner: Inner @shareable old: String @override(from: "left") extra(n: Int, deep: Deep): String list: [Root]! maybe: [Inner!] }
      input Deep { a: Int! b: [String!] c: Deep }
      type Inner @shareable { a: String! same: Inner }`,
    third: `
      type Root @key(fields: "id") { id: ID! only: Int @external twice: Int! @requires(fields: "only inner { a }") inner: Inner @external sub: Sub! }
      type Inner @shareable { a: String! }
      type Sub { root: Root n: Int! }`,
  },
};

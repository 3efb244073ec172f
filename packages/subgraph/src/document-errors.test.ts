import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { expect, it } from 'vitest';
import { documentErrors } from './document-errors.js';

const schema = buildSchema(`
  directive @once(of: Int) on FIELD
  interface Named { name: String }
  type Cat implements Named { name: String lives(of: Int!): Int }
  type Dog implements Named { name: String barks: Boolean }
  union Pet = Cat | Dog
  input Wish { name: String! ages: [Int!] wish: Wish }
  type Query { pet(wish: Wish, id: ID = 1): Pet named: [Named!]! count(from: Int, kind: Kind): Int }
  type Subscription { one: Int two: Int }
  enum Kind { BIG SMALL }`);

const TEXTS = [
  '{ count }',
  'query ($n: Int!, $w: Wish) { pet(wish: $w) { ... on Cat { lives(of: $n) ...C } } named { ...N } } fragment C on Cat { name } fragment N on Named { name }',
  '{ nothing more { than } }',
  '{ count { below } pet }',
  'query A { count } query A { count } { count }',
  'fragment F on Query { ...F } { ...F ...G }',
  'fragment F on Query { count } fragment F on Cat { name } { count }',
  'fragment F on Int { x } { pet { ... on Kind { x } ... on Nothing { y } } }',
  'query ($a: Int, $a: Cat, $unused: [Nothing!]) { count(from: $b) }',
  'query ($from: String) { ...F } fragment F on Query { count(from: $from, kind: $kind) }',
  'query ($ages: [Int]) { pet(wish: { name: null, ages: $ages, wish: { wish: {} }, other: 1 }) { __typename } }',
  'query ($if: Boolean!) { count @skip(if: $if) @include(if: $missing) @once @once(of: "x") @nothing(a: 1) }',
  'query @once { count(from: 1, from: 2, to: 3, kind: HUGE) }',
  '{ pet { ... on Cat { lives } ... on Dog { lives: barks } ... on Dog { name @once(of: [$v]) } } }',
  '{ count a: count(from: 1) a: count(from: 2) }',
  'subscription { one two }',
  'subscription S { ...T } fragment T on Subscription { one }',
  '{ pet(wish: { name: "a", name: "b" }) { ... @include(if: true) { ... on Named { name } } } }',
  '{ count } type Cat { name: Nothing } extend type Query @once { more: Int }',
  'query ($w: Wish = { ages: ["x"] }) { pet(wish: $w) { __typename } named { barks ... on Dog { barks } } }',
  '{ a b c d e }',
];

it.each(TEXTS)('says what graphql-js says: %s', (text) => {
  for (const max of [1, 3, 50]) {
    const document = parse(text);
    expect(JSON.stringify(documentErrors(schema, document, specifiedRules, max))).toBe(
      JSON.stringify(validate(schema, document, specifiedRules, { maxErrors: max })),
    );
  }
});

/** Small valid texts that stall planners: each family doubles its work with n. */
export const BOMBS: Readonly<Record<string, (n: number) => string>> = {
  /** Fragments that use each other twice under two aliases. */
  alias: (n) => `${fragments(n, (i) => `a: friends { ...F${i - 1} } b: friends { ...F${i - 1} }`)} { thing(id: "t1") { ...F${n} } }`,
  /** Under opposite conditions of n variables. */
  cond: (n) => conditional(n, (i) => `...F${i - 1} @include(if: $v${i}) ...F${i - 1} @skip(if: $v${i})`),
  /** The same with a step to another subgraph between. */
  condpath: (n) =>
    conditional(n, (i) => `... @include(if: $v${i}) { friends { ...F${i - 1} } } ... @skip(if: $v${i}) { friends { ...F${i - 1} } }`),
  /** The same under one alternation of few variables. */
  condfew: (n) =>
    conditional(
      n,
      (i) => `... @include(if: $v${(i % 4) + 1}) { friends { ...F${i - 1} } } ... @skip(if: $v${(i % 4) + 1}) { friends { ...F${i - 1} } }`,
      4,
    ),
  /** A plain repetition. */
  nest: (n) => `${fragments(n, (i) => `...F${i - 1} ...F${i - 1}`)} { thing(id: "t1") { ...F${n} } }`,
  /** Through the interface, where every type is looked at. */
  types: (n) =>
    `{ ${Array.from({ length: n }, (_, i) => `n${i}: node(id: "t1") { ... on Thing { ... on Node { ... on Thing { friends { friends { name title score } } } } } }`).join(' ')} }`,
};

function fragments(n: number, body: (i: number) => string): string {
  const nested = Array.from({ length: n }, (_, i) => `fragment F${i + 1} on Thing { ${body(i + 1)} }`);
  return [`fragment F0 on Thing { name title }`, ...nested].join(' ');
}

function conditional(n: number, body: (i: number) => string, variables = n): string {
  const declared = Array.from({ length: Math.min(n, variables) === 0 ? 0 : variables }, (_, i) => `$v${i + 1}: Boolean = true`).join(' ');
  return `query (${declared}) { thing(id: "t1") { ...F${n} } } ${fragments(n, body)}`;
}

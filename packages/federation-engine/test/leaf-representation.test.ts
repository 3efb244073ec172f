import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../src/execute/identity.js';
import { LeafRepresentations } from '../src/execute/leaf-representation.js';
import { representation } from '../src/execute/representation.js';
import { TypeConditions } from '../src/execute/type-condition.js';
import type { JsonObject } from '../src/json.js';

const types = new TypeConditions(
  buildSchema(
    'interface Node { id: ID! } type A implements Node { id: ID! x: Int } type B implements Node { id: ID! } type Query { a: A }',
  ),
);
const field = (name: string, selections?: QueryPlanSelectionNode[]): QueryPlanSelectionNode => ({
  kind: 'Field',
  name,
  ...(selections === undefined ? {} : { selections }),
});
const on = (typeCondition: string, ...selections: QueryPlanSelectionNode[]): QueryPlanSelectionNode => ({
  kind: 'InlineFragment',
  typeCondition,
  selections,
});

describe('An object that is told by leaves', () => {
  const requires = [on('A', field('__typename'), field('id'), field('x')), on('B', field('__typename'), field('constructor'))];
  const known = LeafRepresentations.of(requires, types);

  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.dictionary(fc.string(), fc.integer()));
  const object = fc.record(
    { __typename: fc.constantFrom('A', 'B', 'C', ''), id: leaf, x: leaf, other: leaf, constructor: leaf },
    { requiredKeys: [] },
  );

  it('is represented, and named, as it is part by part', () => {
    fc.assert(
      fc.property(object, (drawn) => {
        const source = drawn as JsonObject; // what is drawn is JSON
        const made = known?.for(source);
        const identity = made?.identity(source);
        // Without an identity it is looked at part by part.
        if (made == null || identity === undefined) return;
        const whole = representation(source, requires, types);
        expect(made.make(source)).toEqual(whole);
        expect(identity).toBe(identityOf(whole ?? {}));
      }),
    );
  });

  it('is one of those that code is written for', () => {
    expect(known?.for({ __typename: 'A' })).not.toBeNull();
    expect(known?.for({ __typename: 'A' })?.identity({ __typename: 'A', id: '1' })).toBeUndefined();
  });

  it.each([
    ['has no type', [on('A', field('__typename'), field('id'))], {}],
    ['is of no type that is asked for', [on('A', field('__typename'), field('id'))], { __typename: 'B' }],
    ['is told by what stands below it', [on('A', field('__typename'), field('id', [field('x')]))], { __typename: 'A' }],
    ['is told by two selections', [on('A', field('__typename'), field('id')), on('Node', field('id'))], { __typename: 'A' }],
    ['is not to be named', [on('A', field('id'))], { __typename: 'A' }],
  ])('is no other: one that %s', (_what, selections, source) => {
    expect(LeafRepresentations.of(selections, types)?.for(source)).toBeNull();
  });
});

import fc from 'fast-check';
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Batch } from '../src/execute/batch.js';
import { LeafRepresentations } from '../src/execute/leaf-representation.js';
import { merge } from '../src/execute/merge.js';
import { representation } from '../src/execute/representation.js';
import { stepsOf } from '../src/execute/targets.js';
import { TypeConditions } from '../src/execute/type-condition.js';
import { plainWalk, writtenWalk } from '../src/execute/walk.js';
import { writtenMerge } from '../src/execute/written-merge.js';
import { copy, type Json, type JsonObject } from '../src/json.js';

const types = new TypeConditions(
  buildSchema('type A { id: ID! x: Int } type B { id: ID! } interface I { id: ID! } type Query { a: A b: B i: I }'),
);
const requires: readonly QueryPlanSelectionNode[] = ['A', 'B'].map((typeCondition) => ({
  kind: 'InlineFragment',
  typeCondition,
  selections: ['__typename', 'x', 'id'].map((name) => ({ kind: 'Field', name })),
}));
const represent = (target: JsonObject): JsonObject | null => {
  const made = representation(target, requires, types);
  return made?.['__typename'] == null ? null : made;
};
const batches = (): readonly [Batch, Batch] => [
  new Batch({}, LeafRepresentations.of(requires, types), represent),
  new Batch({}, undefined, represent),
];
const found = ({ representations, groups }: Batch): unknown => ({
  representations,
  targets: groups.map(({ targets }) => targets),
  ways: groups.map(({ ways }) => ways),
});

const leaf = fc.oneof(fc.constantFrom('1', '2', 1, 2, null, true), fc.array(fc.constantFrom('1', 1), { maxLength: 2 }));
const { tree } = fc.letrec<{ tree: Json; object: JsonObject }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(null, 'text', 7),
    tie('object'),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
  object: fc.record(
    { __typename: fc.constantFrom('A', 'B', 'I', 7), id: leaf, x: leaf, a: tie('tree'), constructor: tie('tree') },
    { requiredKeys: [] },
  ),
}));

describe('The objects at the paths of a fetch', () => {
  const path = fc.array(fc.constantFrom('a', 'a', '@', 'constructor', '|[A]', 'a|[A,B]', '@|[B,I]', 'map', 'length'), { maxLength: 6 });

  /** Puts what stands at one place at others as well. */
  const shared = (value: Json): Json => [value, [value, { __typename: 'A', a: value, constructor: [value] }], value];

  it('are found by written loops as they are step by step, shared or not', () => {
    fc.assert(
      fc.property(tree, fc.array(path, { minLength: 1, maxLength: 3 }), fc.boolean(), (drawn, paths, isShared) => {
        const root = isShared ? shared(drawn) : drawn;
        const all = paths.map(stepsOf);
        const [one, other] = [batches()[0], batches()[0]];
        plainWalk(all)(root, one, isShared);
        writtenWalk(all)?.(root, other, isShared);
        expect(found(other)).toEqual(found(one));
      }),
    );
  });

  it('are grouped by their leaves as they are by their whole representations', () => {
    fc.assert(
      fc.property(fc.array(tree), (drawn) => {
        const objects = drawn.flatMap((value) =>
          typeof value === 'object' && value !== null && !Array.isArray(value) ? [value, value] : [],
        );
        const [one, other] = batches();
        for (const [index, object] of objects.entries()) {
          one.add(object, index % 2);
          other.add(object, index % 2);
        }
        expect(found(one)).toEqual(found(other));
      }),
    );
  });

  it('are kept apart where very many have one leaf in common', () => {
    const [one, other] = batches();
    for (let round = 0; round < 3; round += 1) {
      for (let x = 0; x < 40; x += 1) {
        const object = { __typename: 'A', id: 'same', x };
        one.add(object, 0);
        other.add(object, 0);
      }
    }
    expect(one.groups).toHaveLength(40);
    expect(found(one)).toEqual(found(other));
  });
});

describe('What a fetch brought', () => {
  const operation =
    'query($r: [_Any!]!) { _entities(representations: $r) { ...F ... on B { a { id } } } } fragment F on A { __typename id x: y constructor }';
  const written = writtenMerge(operation, types);

  it('is laid over what is known as it is key by key', () => {
    const object = tree.filter((value): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value));
    fc.assert(
      fc.property(object, object, fc.boolean(), (target, entity, isOwner) => {
        const [one, other] = [copy(target) as JsonObject, copy(target) as JsonObject]; // copies of objects
        const before = JSON.stringify(entity);
        merge(one, copy(entity) as JsonObject, types);
        written?.(other, entity, isOwner);
        expect(other).toEqual(one);
        expect(JSON.stringify(entity)).toBe(before);
      }),
    );
  });

  it('is not shared with whoever is not to have it', () => {
    const entity = { a: { id: '1' }, x: ['2'] };
    const [owner, other]: readonly JsonObject[] = [{}, {}];
    written?.(other ?? {}, entity, false);
    written?.(owner ?? {}, entity, true);
    expect(owner?.['a']).toBe(entity.a);
    expect(other).toEqual(entity);
    expect(other?.['a']).not.toBe(entity.a);
    expect(other?.['x']).not.toBe(entity.x);
  });
});

import type { ResponsePath } from '@apollo/query-planner';
import { isObject, type Json, type JsonObject, own } from '../json.js';

/** One step of a plan's path: into a field, for objects of the named types only, or over the elements of a list. */
type Step =
  | { readonly kind: 'list' }
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'type'; readonly names: ReadonlySet<string> };

export type Steps = readonly Step[];

/** Reads a plan's path. An element may end in `|[A,B]`: what follows holds for these types. */
export function stepsOf(path: ResponsePath): Steps {
  return path.flatMap((element): Step[] => {
    const text = String(element);
    const at = text.indexOf('|[');
    const key = at === -1 ? text : text.slice(0, at);
    const steps: Step[] = key === '' ? [] : key === '@' ? [{ kind: 'list' }] : [{ kind: 'field', key }];
    if (at !== -1) steps.push({ kind: 'type', names: new Set(text.slice(at + 2, -1).split(',')) });
    return steps;
  });
}

/** Visits each object at the path. What is null, missing or not of the expected form on the way has nothing to be completed. */
export function visitTargets(value: Json, steps: Steps, visit: (target: JsonObject) => void, from = 0): void {
  let current = value;
  for (let index = from; index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined || current === null || current === undefined) return;
    if (step.kind === 'list') {
      if (Array.isArray(current)) for (const element of current) visitTargets(element, steps, visit, index + 1);
      return;
    }
    if (!isObject(current)) return;
    if (step.kind === 'field') current = own(current, step.key);
    else if (typeof current['__typename'] === 'string' && !step.names.has(current['__typename'])) return;
  }
  if (isObject(current)) visit(current);
  else if (Array.isArray(current)) for (const element of current) visitTargets(element, steps, visit, steps.length);
}

/** An object of the answer: where it stands, and the objects that stand above it, the root first. */
export interface Place {
  readonly target: JsonObject;
  readonly path: readonly (string | number)[];
  readonly above: readonly JsonObject[];
}

/** As {@link visitTargets}, for what has to know the place: errors, and arguments from a context. */
export function placesAt(root: JsonObject, steps: Steps): readonly Place[] {
  const places: Place[] = [];
  follow(root, 0, [], []);
  return places;

  function follow(value: Json, index: number, path: readonly (string | number)[], above: readonly JsonObject[]): void {
    const step = steps[index];
    if (Array.isArray(value)) {
      // A list that the path does not speak of is a list within a list.
      for (const [at, element] of value.entries()) follow(element, step?.kind === 'list' ? index + 1 : index, [...path, at], above);
      return;
    }
    if (!isObject(value)) return;
    if (step === undefined) places.push({ target: value, path, above });
    else if (step.kind === 'field') follow(own(value, step.key), index + 1, [...path, step.key], [...above, value]);
    else if (step.kind === 'type' && (typeof value['__typename'] !== 'string' || step.names.has(value['__typename']))) {
      follow(value, index + 1, path, above);
    }
  }
}

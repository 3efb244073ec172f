import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { copy, isObject, type Json, type JsonObject } from '../json.js';
import { dataOf, type SubgraphError, type SubgraphResult } from '../subgraphs.js';
import { contextVariables } from './context.js';
import { fetchText, send, variablesFor } from './fetch.js';
import { identityOf } from './identity.js';
import { LeafRepresentations } from './leaf-representation.js';
import { merge } from './merge.js';
import { representation } from './representation.js';
import { applyRewrites } from './rewrites.js';
import type { PlanGraph } from './plan-graph.js';
import { failure, lose, lostAt, type Run, type Task } from './run.js';
import { placesAt, type Steps, visitTargets } from './targets.js';

/** The objects that one representation stands for. */
interface Group {
  /** Equal for equal representations. */
  readonly identity: string;
  readonly targets: JsonObject[];
  /** For each target the number of the path that it was found at. */
  readonly ways: number[];
}

/** One request: every representation once. */
interface Batch {
  readonly representations: JsonObject[];
  readonly groups: Group[];
  readonly byIdentity: Map<string, Group>;
  /** Objects may be shared by several places. */
  readonly seen: Set<JsonObject>;
  readonly arguments: Record<string, unknown>;
}

/** One fetch of entities, for objects at one path or, where the plan has equal fetches side by side, at several. */
export interface EntityFetch {
  readonly node: FetchNode;
  readonly requires: readonly QueryPlanSelectionNode[];
  readonly paths: readonly Steps[];
}

/**
 * @param isRemembered the plan has the same fetch elsewhere and changes nothing: an entity that was fetched there, or is on its way, is not
 * asked for again
 */
export function entityFetch({ node, requires, paths }: EntityFetch, graph: PlanGraph, isRemembered: boolean): Task {
  const { types } = graph;
  const text = fetchText(node);
  const contextual = node.contextRewrites ?? [];
  // What is rewritten is somebody else's afterwards.
  const leaves = node.inputRewrites === undefined ? LeafRepresentations.of(requires, types) : undefined;
  const memory = isRemembered && contextual.length === 0 ? `${text.subgraph}\n${text.query}` : null;

  /**
   * Where a subgraph knows an interface as an object, the plan may require of all its types what only one of them needs and was asked for.
   * Nothing having failed, the others are known well enough by their key.
   */
  function represent(target: JsonObject, run: Run): JsonObject | null {
    const whole = representation(target, requires, types);
    if (whole?.['__typename'] != null) {
      applyRewrites(node.inputRewrites, whole, types);
      return whole;
    }
    if (run.hasLosses || node.inputRewrites === undefined) return null;
    const part = representation(target, requires, types, true);
    if (part?.['__typename'] == null) return null;
    applyRewrites(node.inputRewrites, part, types);
    return graph.hasKey(text.subgraph, part) ? part : null;
  }

  function add(batch: Batch, target: JsonObject, way: number, run: Run): void {
    if (batch.seen.has(target)) return;
    batch.seen.add(target);
    const leaf = leaves?.for(target) ?? null;
    let identity = leaf?.identity(target);
    let made: JsonObject | null = null;
    if (identity === undefined) {
      made = represent(target, run);
      if (made === null) return;
      identity = identityOf(made);
    }
    const known = batch.byIdentity.get(identity);
    if (known !== undefined) {
      push(known, target, way);
      return;
    }
    const group: Group = { identity, targets: [target], ways: [way] };
    batch.byIdentity.set(identity, group);
    batch.groups.push(group);
    const whole = made ?? leaf?.make(target);
    if (whole !== undefined) batch.representations.push(whole);
  }

  function collect(run: Run): readonly Batch[] {
    if (contextual.length > 0) return collectByContext(run);
    const batch = newBatch({});
    for (const [way, steps] of paths.entries()) visitTargets(run.root, steps, (target) => add(batch, target, way, run));
    return [batch];
  }

  /** An argument is one value in one request: places with different contexts are asked for one by one. */
  function collectByContext(run: Run): readonly Batch[] {
    const batches = new Map<string, Batch>();
    for (const [way, steps] of paths.entries()) {
      for (const place of placesAt(run.root, steps)) {
        const values = contextVariables(contextual, place, types);
        const key = JSON.stringify(values);
        let batch = batches.get(key);
        if (batch === undefined) batches.set(key, (batch = newBatch(values)));
        add(batch, place.target, way, run);
      }
    }
    return [...batches.values()];
  }

  /** Asks for what nobody has asked for yet, and takes the rest from who has. */
  async function askForNew(run: Run, batch: Batch, fetched: Map<string, Promise<Pristine>>): Promise<void> {
    const missing = newBatch({});
    const borrowed: [number, Promise<Pristine>][] = [];
    for (const [index, group] of batch.groups.entries()) {
      const known = fetched.get(group.identity);
      if (known === undefined) move(batch, index, missing);
      else borrowed.push([index, known]);
    }
    const asked = missing.groups.length === 0 ? undefined : ask(run, missing, fetched);
    const lost = newBatch({});
    for (const [index, known] of borrowed) {
      const group = batch.groups[index];
      const entity = group === undefined ? undefined : (await known).get(group.identity); // oxlint-disable-line no-await-in-loop -- they are few fetches, all on their way
      // What failed there is told at the places here by asking again.
      if (group === undefined || entity === undefined) move(batch, index, lost);
      else complete(copy(entity) as JsonObject, group);
    }
    await (lost.groups.length === 0 ? asked : Promise.all([asked, ask(run, lost)]));
  }

  async function ask(run: Run, batch: Batch, fetched?: Map<string, Promise<Pristine>>): Promise<void> {
    let remember: (entities: Pristine) => void = () => undefined;
    if (fetched !== undefined) {
      const promise = new Promise<Pristine>((resolve) => (remember = resolve));
      for (const { identity } of batch.groups) fetched.set(identity, promise);
    }
    try {
      const variables = { ...variablesFor(text, run), ...batch.arguments };
      if ('representations' in variables) throw new Error('Variables cannot contain key "representations"');
      const result = await send(text, { ...variables, representations: batch.representations }, run, false);
      tell(result, run, batch);
      const data = dataOf(result);
      if (fetched !== undefined) remember(pristine(result, batch));
      if (isObject(data)) take(data['_entities'], batch, run);
      else run.hasLosses = true;
    } catch (error) {
      lose(run, failure(error, text.subgraph));
    } finally {
      remember(NOTHING);
    }
  }

  function take(entities: Json, { groups }: Batch, run: Run): void {
    // Null is said by a subgraph whose own errors tell why.
    if (entities === null) {
      run.hasLosses = true;
      return;
    }
    if (!Array.isArray(entities)) throw new Error('Expected "data._entities" in response to be an array');
    if (entities.length !== groups.length) throw new Error(`Expected "data._entities" to contain ${groups.length} elements`);
    for (const [index, group] of groups.entries()) {
      const entity = entities[index];
      if (!isObject(entity)) {
        run.hasLosses = true;
        continue;
      }
      complete(entity, group);
    }
  }

  function complete(entity: JsonObject, group: Group): void {
    const [first] = group.targets;
    if (first !== undefined && entity['__typename'] === undefined) entity['__typename'] = first['__typename'];
    applyRewrites(node.outputRewrites, entity, types);
    give(entity, group);
  }

  /**
   * Objects at one path have the same fields fetched from here on and may share what is below them; those at another path, or with arguments
   * from where they stand, may not.
   */
  function give(entity: JsonObject, { targets, ways }: Group): void {
    for (let index = targets.length - 1; index >= 0; index -= 1) {
      const target = targets[index];
      if (target === undefined) continue;
      const isOwner = index === 0 || (contextual.length === 0 && ways[index] === ways[0]);
      merge(target, isOwner ? entity : (copy(entity) as JsonObject), types);
    }
  }

  function tell({ errors }: SubgraphResult, run: Run, batch: Batch): void {
    if (errors === undefined || errors.length === 0) return;
    const places = paths.flatMap((steps) => placesAt(run.root, steps));
    for (const error of errors) {
      const found = pathsOf(error, places, batch);
      if (found.length === 0) lose(run, lostAt(error, text.subgraph, undefined));
      for (const path of found) lose(run, lostAt(error, text.subgraph, path));
    }
  }

  return (run) => {
    const batches = collect(run).filter(({ groups }) => groups.length > 0);
    const [first] = batches;
    if (first === undefined) return undefined;
    if (memory !== null) return askForNew(run, first, fetchedBefore(run, memory));
    return batches.length === 1 ? ask(run, first) : Promise.all(batches.map((batch) => ask(run, batch))).then(() => undefined);
  };
}

/** In the answer an error of one representation stands wherever its entity does. */
function pathsOf(error: SubgraphError, places: ReturnType<typeof placesAt>, { groups }: Batch): readonly (readonly (string | number)[])[] {
  const [, index, ...rest] = error.path ?? [];
  if (typeof index !== 'number') return [];
  const targets = new Set(groups[index]?.targets);
  return places.filter(({ target }) => targets.has(target)).map(({ path }) => [...path, ...rest]);
}

/** Entities as their subgraph gave them, by the identity of their representation. */
type Pristine = ReadonlyMap<string, JsonObject>;

const NOTHING: Pristine = new Map();

/** Copies: what the subgraph gave is written into from here on. Of an answer with errors nothing is kept: who asks again hears of them too. */
function pristine({ data, errors }: SubgraphResult, { groups }: Batch): Pristine {
  const entities = dataOf({ data })?.['_entities'];
  if ((errors !== undefined && errors.length > 0) || !Array.isArray(entities)) return NOTHING;
  const kept = new Map<string, JsonObject>();
  for (const [index, { identity }] of groups.entries()) {
    const entity = entities[index];
    if (isObject(entity)) kept.set(identity, copy(entity) as JsonObject);
  }
  return kept;
}

function fetchedBefore({ entities }: Run, memory: string): Map<string, Promise<Pristine>> {
  let fetched = entities.get(memory);
  if (fetched === undefined) entities.set(memory, (fetched = new Map()));
  return fetched;
}

function move({ groups, representations }: Batch, index: number, to: Batch): void {
  const [group, representation] = [groups[index], representations[index]];
  if (group === undefined || representation === undefined) return;
  to.groups.push(group);
  to.representations.push(representation);
}

function push(group: Group, target: JsonObject, way: number): void {
  group.targets.push(target);
  group.ways.push(way);
}

const newBatch = (values: Record<string, unknown>): Batch => ({
  representations: [],
  groups: [],
  byIdentity: new Map(),
  seen: new Set(),
  arguments: values,
});

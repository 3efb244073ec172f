import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { copy, isObject, type Json, type JsonObject } from '../json.js';
import { takesItsObjectAlong } from '../shape/client-path.js';
import { dataOf, type SubgraphError, type SubgraphResult } from '../subgraphs.js';
import { Batch, type Group } from './batch.js';
import { contextVariables } from './context.js';
import { fetchText, type FetchText, send, variablesFor } from './fetch.js';
import { LeafRepresentations } from './leaf-representation.js';
import { merge } from './merge.js';
import { representation } from './representation.js';
import { applyRewrites } from './rewrites.js';
import type { PlanGraph } from './plan-graph.js';
import { failure, lose, lostAt, type Run, type Task } from './run.js';
import { placesAt, type Steps } from './targets.js';
import { plainWalk, writtenWalk } from './walk.js';
import { entityFields, takenAlong, withoutFields } from './without-fields.js';
import { type WrittenMerge, writtenMerge } from './written-merge.js';

/** Whoever asks once pays for no code. */
const RUNS_BEFORE_CODE = 2;

/** An object at the path of this number. */
interface Found {
  readonly target: JsonObject;
  readonly way: number;
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
  /** Fields that need more than a key. */
  let needing: readonly { readonly key: string; readonly isKnown: (known: JsonObject) => boolean }[] | undefined;
  /** The fetch without some of them, by their names. */
  const rests = new Map<string, FetchText | undefined>();
  let runs = 0;
  let walk = plainWalk(paths);
  let lay: WrittenMerge | undefined;
  const memory = isRemembered && contextual.length === 0 ? `${text.subgraph}\n${text.query}` : null;

  function represent(target: JsonObject): JsonObject | null {
    const whole = representation(target, requires, types);
    if (whole?.['__typename'] == null) return null;
    applyRewrites(node.inputRewrites, whole, types);
    return whole;
  }

  const newBatch = (values: Readonly<Record<string, unknown>> = {}, unknown?: Found[]): Batch =>
    new Batch(values, leaves, (target, way) => {
      const made = represent(target);
      if (made === null) unknown?.push({ target, way });
      return made;
    });

  function collect(run: Run, unknown: Found[]): readonly Batch[] {
    runs += 1;
    if (runs === RUNS_BEFORE_CODE) write();
    if (contextual.length > 0) return collectByContext(run);
    const batch = newBatch({}, unknown);
    walk(run.root, batch, run.hasShared);
    return [batch];
  }

  function write(): void {
    walk = writtenWalk(paths) ?? walk;
    // An entity is given as it came, to targets of one type.
    const isPlain = node.inputRewrites === undefined && node.outputRewrites === undefined && contextual.length === 0;
    if (isPlain) lay = writtenMerge(node.operation, types);
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
        batch.add(place.target, way);
      }
    }
    return [...batches.values()];
  }

  /** Asks for what nobody has asked for yet, and takes the rest from who has. */
  async function askForNew(run: Run, batch: Batch, fetched: Map<string, Promise<Pristine>>): Promise<void> {
    const missing = newBatch();
    const identities: string[] = [];
    const borrowed: [number, string, Promise<Pristine>][] = [];
    for (let index = 0; index < batch.groups.length; index += 1) {
      const identity = batch.identity(index);
      const known = fetched.get(identity);
      if (known === undefined) {
        batch.move(index, missing);
        identities.push(identity);
      } else borrowed.push([index, identity, known]);
    }
    const asked = missing.groups.length === 0 ? undefined : ask(run, missing, { fetched, identities });
    const lost = newBatch();
    for (const [index, identity, known] of borrowed) {
      const group = batch.groups[index];
      const entity = (await known).get(identity); // oxlint-disable-line no-await-in-loop -- they are few fetches, all on their way
      // What failed there is told at the places here by asking again.
      if (group === undefined || entity === undefined) batch.move(index, lost);
      else complete(lay !== undefined && isFlat(entity) ? entity : (copy(entity) as JsonObject), group, run);
    }
    await (lost.groups.length === 0 ? asked : Promise.all([asked, ask(run, lost)]));
  }

  async function ask(run: Run, batch: Batch, memo?: Memo, asked: FetchText = text): Promise<void> {
    let remember: (entities: Pristine) => void = () => undefined;
    if (memo !== undefined) {
      const promise = new Promise<Pristine>((resolve) => (remember = resolve));
      for (const identity of memo.identities) memo.fetched.set(identity, promise);
    }
    try {
      const variables = Object.assign(variablesFor(asked, run), batch.arguments);
      if ('representations' in variables) throw new Error('Variables cannot contain key "representations"');
      variables['representations'] = batch.representations;
      const result = await send(asked, variables, run, false);
      tell(result, run, batch);
      const data = dataOf(result);
      if (memo !== undefined) remember(pristine(result, memo.identities, lay !== undefined));
      if (isObject(data)) take(data['_entities'], batch, run);
      else run.hasLosses = true;
      // Once: whoever fails again has had their turn.
      if (asked === text && result.errors !== undefined) await askForTheRest(run, batch, result.errors, data?.['_entities']);
    } catch (error) {
      lose(run, failure(error, text.subgraph));
    } finally {
      remember(NOTHING);
    }
  }

  /** Asks again for entities that one field took along, for all but that field: those of which the answer has anything without it. */
  async function askForTheRest(run: Run, batch: Batch, errors: readonly SubgraphError[], entities: Json): Promise<void> {
    if (!Array.isArray(entities)) return;
    const lost = takenAlong(errors, entities);
    const places = lost.length === 0 ? [] : paths.flatMap((steps) => placesAt(run.root, steps));
    const parts = lost.flatMap(({ keys, indices }) => {
      const isLeft = leftWithout(keys, places, run);
      const left = indices.filter((index) => batch.groups[index]?.targets.some((target) => isLeft.has(target)));
      const rest = left.length === 0 ? undefined : withoutFields(text, keys);
      if (rest === undefined) return [];
      const part = newBatch(batch.arguments);
      for (const index of left) batch.move(index, part);
      return [ask(run, part, undefined, rest)];
    });
    await Promise.all(parts);
  }

  /**
   * Where a subgraph knows an interface as an object, the plan requires of all its types what a field of one of them needs, and fetches it for that type
   * alone. Who is known by a key is asked for what needs no more than is known.
   */
  function askByKey(run: Run, unknown: readonly Found[]): readonly Promise<void>[] {
    needing ??= entityFields(text).flatMap(({ key, name, type }) => {
      const isKnown = graph.needs(type, name);
      return isKnown === undefined ? [] : [{ key, isKnown }];
    });
    const parts = new Map<string, Batch>();
    for (const { target, way } of unknown) {
      const known = byKey(target);
      if (known === null) continue;
      const keys = new Set(needing.flatMap(({ key, isKnown }) => (isKnown(known) ? [] : [key])));
      const name = [...keys].join(' ');
      if (!rests.has(name)) rests.set(name, withoutFields(text, keys));
      let part = parts.get(name);
      if (part === undefined) parts.set(name, (part = new Batch({}, undefined, byKey)));
      part.add(target, way);
    }
    return [...parts].flatMap(([name, batch]) => {
      const asked = rests.get(name);
      return asked === undefined ? [] : [ask(run, batch, undefined, asked)];
    });
  }

  /** What is known of an object, if it is enough to find it. */
  function byKey(target: JsonObject): JsonObject | null {
    const known = representation(target, requires, types, true);
    if (known?.['__typename'] == null) return null;
    applyRewrites(node.inputRewrites, known, types);
    return graph.hasKey(text.subgraph, known) ? known : null;
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
      complete(entity, group, run);
    }
  }

  function complete(entity: JsonObject, group: Group, run: Run): void {
    if (group.targets.length > 1) run.hasShared = true;
    if (lay !== undefined) return give(entity, group, lay);
    const [first] = group.targets;
    if (first !== undefined && entity['__typename'] === undefined) entity['__typename'] = first['__typename'];
    applyRewrites(node.outputRewrites, entity, types);
    give(entity, group, layPlainly);
  }

  /**
   * Objects at one path have the same fields fetched from here on and may share what is below them; those at another path, or with arguments
   * from where they stand, may not.
   */
  function give(entity: JsonObject, { targets, ways }: Group, layOver: WrittenMerge): void {
    for (let index = targets.length - 1; index >= 0; index -= 1) {
      const target = targets[index];
      if (target === undefined) continue;
      layOver(target, entity, index === 0 || (contextual.length === 0 && ways[index] === ways[0]));
    }
  }

  function layPlainly(target: JsonObject, entity: JsonObject, isOwner: boolean): void {
    merge(target, isOwner ? entity : (copy(entity) as JsonObject), types);
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
    const unknown: Found[] = [];
    const batches = collect(run, unknown).filter(({ groups }) => groups.length > 0);
    const [first] = batches;
    const asked =
      memory !== null && first !== undefined
        ? [askForNew(run, first, fetchedBefore(run, memory))]
        : batches.map(async (batch) => ask(run, batch));
    if (unknown.length > 0 && node.inputRewrites !== undefined) asked.push(...askByKey(run, unknown));
    return asked.length > 1 ? Promise.all(asked).then(() => undefined) : asked[0];
  };
}

/** In the answer an error of one representation stands wherever its entity does. */
function pathsOf(error: SubgraphError, places: ReturnType<typeof placesAt>, { groups }: Batch): readonly (readonly (string | number)[])[] {
  const [, index, ...rest] = error.path ?? [];
  if (typeof index !== 'number') return [];
  const targets = new Set(groups[index]?.targets);
  return places.filter(({ target }) => targets.has(target)).map(({ path }) => [...path, ...rest]);
}

/** The objects that the answer has at one place at least, though these fields of theirs did not come. */
function leftWithout(keys: ReadonlySet<string>, places: ReturnType<typeof placesAt>, { root, shape }: Run): ReadonlySet<JsonObject> {
  const left = places.filter(({ path }) => ![...keys].some((key) => takesItsObjectAlong([...path, key], root, shape)));
  return new Set(left.map(({ target }) => target));
}

/** Entities as their subgraph gave them, by the identity of their representation. */
type Pristine = ReadonlyMap<string, JsonObject>;

const NOTHING: Pristine = new Map();

/** Where entities are noted by those who may ask for them as well. */
interface Memo {
  readonly fetched: Map<string, Promise<Pristine>>;
  /** Of what is asked for now, in order. */
  readonly identities: readonly string[];
}

/**
 * Copies: what the subgraph gave is written into from here on, or what is below it. Of an answer with errors nothing is kept: who asks again hears of
 * them too.
 * @param isLeftAlone whether nothing is written into an entity itself
 */
function pristine({ data, errors }: SubgraphResult, identities: readonly string[], isLeftAlone: boolean): Pristine {
  const entities = dataOf({ data })?.['_entities'];
  if ((errors !== undefined && errors.length > 0) || !Array.isArray(entities)) return NOTHING;
  const kept = new Map<string, JsonObject>();
  for (const [index, identity] of identities.entries()) {
    const entity = entities[index];
    if (isObject(entity)) kept.set(identity, isLeftAlone && isFlat(entity) ? entity : (copy(entity) as JsonObject));
  }
  return kept;
}

/** Whether nothing stands below it. */
function isFlat(entity: JsonObject): boolean {
  for (const key in entity) {
    const value = entity[key];
    if (typeof value === 'object' && value !== null) return false;
  }
  return true;
}

function fetchedBefore({ entities }: Run, memory: string): Map<string, Promise<Pristine>> {
  let fetched = entities.get(memory);
  if (fetched === undefined) entities.set(memory, (fetched = new Map()));
  return fetched;
}

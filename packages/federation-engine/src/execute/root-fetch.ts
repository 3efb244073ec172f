import type { FetchNode } from '@apollo/query-planner';
import { copy, isObject, type JsonObject } from '../json.js';
import { dataOf, type SubgraphResult } from '../subgraphs.js';
import { fetchText, send, variablesFor } from './fetch.js';
import { merge } from './merge.js';
import type { PlanGraph } from './plan-graph.js';
import { applyRewrites } from './rewrites.js';
import { failure, lose, lostAt, type Run, type Task } from './run.js';
import { placesAt, type Steps, visitTargets } from './targets.js';

/** A fetch from a subgraph's root: of the operation's own, or of `Query` under an object of the answer. */
export function rootFetch(node: FetchNode, steps: Steps, { types }: PlanGraph, mayBeShared: boolean): Task {
  const text = fetchText(node);

  async function ask(run: Run, targets: readonly JsonObject[]): Promise<void> {
    try {
      const result = await send(text, variablesFor(text, run), run, mayBeShared);
      tell(result, run);
      const data = dataOf(result);
      if (!isObject(data)) return;
      applyRewrites(node.outputRewrites, data, types);
      for (const [index, target] of targets.entries()) merge(target, index === 0 ? data : (copy(data) as JsonObject), types);
    } catch (error) {
      lose(run, failure(error, text.subgraph));
    }
  }

  /** Errors belong to every place that the fetch was to fill. */
  function tell({ errors }: SubgraphResult, run: Run): void {
    if (errors === undefined || errors.length === 0) return;
    const places = steps.length === 0 ? [[]] : placesAt(run.root, steps).map(({ path }) => path);
    for (const error of errors) {
      if (error.path === undefined) lose(run, lostAt(error, text.subgraph, undefined));
      else for (const place of places) lose(run, lostAt(error, text.subgraph, [...place, ...error.path]));
    }
  }

  return (run) => {
    const targets: JsonObject[] = [];
    visitTargets(run.root, steps, (target) => targets.push(target));
    return targets.length === 0 ? undefined : ask(run, targets);
  };
}

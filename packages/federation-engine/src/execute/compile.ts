import type { FetchNode, PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import { entityFetch } from './entity-fetch.js';
import { fetchText } from './fetch.js';
import type { PlanGraph } from './plan-graph.js';
import { rootFetch } from './root-fetch.js';
import type { Run, Task } from './run.js';
import { stepsOf } from './targets.js';

/** A plan made into functions. */
export interface CompiledPlan {
  /** Absent when there is nothing to fetch. */
  readonly task: Task | undefined;
  /** What opens the stream of a live field; each of its events is the root that `task` completes. */
  readonly live: FetchNode | undefined;
}

/** Where a fetch stands in the plan. */
interface FetchAt {
  readonly node: FetchNode;
  readonly path: ResponsePath;
}

/** Makes the functions of a plan, once; they are run for each request. @throws Error for a plan of a kind that nobody asked for */
export function compile(plan: QueryPlan, graph: PlanGraph): CompiledPlan {
  const { node } = plan;
  if (node === undefined) return { task: undefined, live: undefined };
  const compiler = new Compiler(graph);
  if (node.kind !== 'Subscription') return { task: compiler.task(node), live: undefined };
  return { task: node.rest === undefined ? undefined : compiler.task(node.rest), live: node.primary };
}

const CONDITION = /@(?:skip|include)\(if: ?\$/u;

/**
 * Whether a fetch of entities asks for some fields under a condition: the plan requires what all of them need, but fetches what a field
 * under a condition needs under that condition only. Without it the entity would be left out, with fields that need nothing.
 */
export function hasConditionalEntities({ node }: QueryPlan): boolean {
  const root = node?.kind === 'Subscription' ? node.rest : node;
  return root !== undefined && fetchesOf(root).some(({ node: fetch }) => fetch.requires !== undefined && CONDITION.test(fetch.operation));
}

class Compiler {
  readonly #graph: PlanGraph;
  /** Texts of the fetches of the plan that occur more than once: only these look for one under way. */
  readonly #repeated = new Set<string>();
  /** Nothing is changed on the way: what was read once holds to the end. */
  #readsOnly = false;

  constructor(graph: PlanGraph) {
    this.#graph = graph;
  }

  task(node: PlanNode): Task {
    const seen = new Set<string>();
    const fetches = fetchesOf(node);
    this.#readsOnly = fetches.every(({ node: fetch }) => fetch.operationKind === 'query');
    for (const { node: fetch } of fetches) {
      const key = textKey(fetch);
      if (seen.has(key)) this.#repeated.add(key);
      seen.add(key);
    }
    return this.#task(node, []);
  }

  #task(node: PlanNode, path: ResponsePath): Task {
    switch (node.kind) {
      case 'Sequence':
        return inOrder(node.nodes.map((child) => this.#task(child, path)));
      case 'Parallel':
        return atOnce(this.#joined(node.nodes, path));
      case 'Flatten':
        return this.#task(node.node, [...path, ...node.path]);
      case 'Fetch':
        return this.#fetch(node, [path]);
      case 'Condition': {
        const [yes, no] = [node.ifClause, node.elseClause].map((child) => (child === undefined ? nothing : this.#task(child, path)));
        return (run) => (run.conditions[node.condition] === true ? yes : no)?.(run);
      }
      case 'Defer':
        throw new Error('@defer is not planned here.');
    }
  }

  /** Equal fetches of entities side by side, for objects at different paths, are one fetch. */
  #joined(nodes: readonly PlanNode[], path: ResponsePath): readonly Task[] {
    const tasks: Task[] = [];
    const alike = new Map<string, { readonly node: FetchNode; readonly paths: ResponsePath[] }>();
    for (const child of nodes) {
      const found = entityFetchAt(child, path);
      if (found === null) {
        tasks.push(this.#task(child, path));
        continue;
      }
      const key = `${textKey(found.node)}\n${JSON.stringify([found.node.requires, found.node.inputRewrites, found.node.outputRewrites])}`;
      const group = alike.get(key);
      if (group === undefined) alike.set(key, { node: found.node, paths: [found.path] });
      else group.paths.push(found.path);
    }
    for (const { node, paths } of alike.values()) tasks.push(this.#fetch(node, paths));
    return tasks;
  }

  #fetch(node: FetchNode, paths: readonly ResponsePath[]): Task {
    const mayBeShared = this.#repeated.has(textKey(node));
    const { requires } = node;
    if (requires === undefined) return rootFetch(node, stepsOf(paths[0] ?? []), this.#graph, mayBeShared);
    return entityFetch({ node, requires, paths: paths.map(stepsOf) }, this.#graph, mayBeShared && this.#readsOnly);
  }
}

function textKey(node: FetchNode): string {
  const { subgraph, query } = fetchText(node);
  return `${subgraph}\n${query}`;
}

/** The fetch of entities that the node is, under nothing but paths. Those with arguments from a context stay alone. */
function entityFetchAt(node: PlanNode, path: ResponsePath): FetchAt | null {
  if (node.kind === 'Flatten') return entityFetchAt(node.node, [...path, ...node.path]);
  return node.kind === 'Fetch' && node.requires !== undefined && node.contextRewrites === undefined ? { node, path } : null;
}

function fetchesOf(node: PlanNode, path: ResponsePath = []): readonly FetchAt[] {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((child) => fetchesOf(child, path));
    case 'Flatten':
      return fetchesOf(node.node, [...path, ...node.path]);
    case 'Fetch':
      return [{ node, path }];
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((child) => (child === undefined ? [] : fetchesOf(child, path)));
    case 'Defer':
      return [];
  }
}

const nothing: Task = () => undefined;

/** No promise but those of the tasks: a plan has many parts, few of which have anything to wait for. */
function inOrder(tasks: readonly Task[]): Task {
  return (run) => goOn(run, 0);

  function goOn(run: Run, from: number): Promise<void> | undefined {
    for (let index = from; index < tasks.length; index += 1) {
      const started = tasks[index]?.(run);
      if (started !== undefined) return started.then(() => goOn(run, index + 1));
    }
    return undefined;
  }
}

const atOnce =
  (tasks: readonly Task[]): Task =>
  (run) => {
    const waiting: Promise<void>[] = [];
    for (const task of tasks) {
      const started = task(run);
      if (started !== undefined) waiting.push(started);
    }
    return waiting.length < 2 ? waiting[0] : Promise.all(waiting).then(() => undefined);
  };

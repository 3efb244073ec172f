import type { FetchNode } from '@apollo/query-planner';
import { copy } from '../json.js';
import { dataOf, type SubgraphRequest, type SubgraphResult } from '../subgraphs.js';
import type { Run } from './run.js';

/** The planner numbers the fetches of a plan. */
const COUNTER = /__\d+$/u;

/** A fetch without its number, so that equal ones are equal wherever they stand in a plan, and subgraphs see one text for them. */
export interface FetchText {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly isQuery: boolean;
  readonly variableNames: readonly string[];
}

export function fetchText(node: FetchNode): FetchText {
  const { operation, operationName } = node;
  const short = operationName?.replace(COUNTER, '');
  // The name stands once, right after the kind of the operation.
  const query = operationName === undefined || short === undefined ? operation : operation.replace(operationName, () => short);
  return {
    subgraph: node.serviceName,
    query,
    operationName: short,
    isQuery: node.operationKind === 'query',
    variableNames: node.variableUsages ?? [],
  };
}

/** Of the client's variables those that the fetch uses, as the client gave them. */
export function variablesFor({ variableNames }: FetchText, run: Pick<Run, 'variables'>): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  for (const name of variableNames) {
    const value = Object.hasOwn(run.variables, name) ? run.variables[name] : undefined;
    if (value !== undefined) used[name] = value;
  }
  return used;
}

/** Asks the subgraph. @throws whatever the transport threw; an Error when the request was given up meanwhile */
export async function send(text: FetchText, variables: Record<string, unknown>, run: Run, mayBeShared: boolean): Promise<SubgraphResult> {
  if (run.signal?.aborted === true) throw new Error('The request was given up.');
  const request: SubgraphRequest = { query: text.query, variables, operationName: text.operationName };
  if (!mayBeShared || !text.isQuery) return take(await run.fetch(text.subgraph, request), run);
  const key = `${text.subgraph}\n${text.query}\n${JSON.stringify(variables)}`;
  const running = run.shared.get(key);
  if (running !== undefined) {
    const { data, ...rest } = await running;
    return { ...rest, data: copy(dataOf({ data })) as object | null };
  }
  const started = run.fetch(text.subgraph, request);
  // Those who join get a copy made before anything is written into the original.
  const original = started.then((result) => ({ ...result, data: copy(dataOf(result)) as object | null }));
  original.catch(() => undefined); // told to whoever started it
  run.shared.set(key, original);
  try {
    return take(await started, run);
  } finally {
    run.shared.delete(key);
  }
}

function take(result: SubgraphResult, run: Run): SubgraphResult {
  if (result.isPlain !== true) run.isPlain = false;
  if (result.isAscii !== true) run.isAscii = false;
  return result;
}

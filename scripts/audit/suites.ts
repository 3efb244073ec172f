import { isDeepStrictEqual } from 'node:util';
import { createEngine, type FederationEngine } from '@plaza/federation-engine/engine';
import type { SubgraphResult } from '@plaza/federation-engine/subgraphs';
import { parse } from 'graphql';
import type { AuditCase, AuditServer } from './audit-server.js';

export interface Failure {
  readonly number: number;
  /** The query, its plan, what was expected and what came. */
  readonly detail: string;
}

export interface SuiteResult {
  readonly id: string;
  readonly cases: number;
  readonly failures: readonly Failure[];
}

interface Answer {
  readonly data: unknown;
  readonly errors: boolean | null;
}

/** Runs the cases of a suite as the audit's own runner does: data must be equal, errors be there or not be there. */
export async function runSuite(audit: AuditServer, id: string): Promise<SuiteResult> {
  const [supergraphSdl, cases] = await Promise.all([audit.supergraph(id), audit.cases(id)]);
  const engine = createEngine({ supergraphSdl });
  const failures: Failure[] = [];
  for (const [index, one] of cases.entries()) {
    const failure = await runCase(audit, id, engine, one);
    if (failure !== null) failures.push({ number: index + 1, detail: `--- ${id} ${index + 1}\n${failure}` });
  }
  return { id, cases: cases.length, failures };
}

async function runCase(audit: AuditServer, id: string, engine: FederationEngine, { query, expected }: AuditCase): Promise<string | null> {
  const wanted: Answer = { data: expected.data ?? null, errors: expected.errors ?? null };
  let text = '';
  let got: Answer & { readonly told?: unknown };
  try {
    const plan = await engine.plan({ document: parse(query) });
    text = plan.text;
    const { data, errors } = await engine.execute({
      plan,
      variables: {},
      fetch: async (subgraph, body) => (await audit.fetch(id, subgraph, body)) as SubgraphResult, // an answer of the audit's own server
    });
    got = { data: data ?? null, errors: (errors?.length ?? 0) > 0, told: errors };
  } catch (error) {
    got = { data: null, errors: true, told: error };
  }
  const isSame = isDeepStrictEqual(plainly(got.data), plainly(wanted.data)) && (wanted.errors === null || wanted.errors === got.errors);
  return isSame ? null : [query, text, `expected ${show(wanted)}`, `got ${show(got)} ${String(got.told)}`].join('\n');
}

/** As JSON gives it back. */
const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const show = (value: unknown): string => JSON.stringify(value, null, 1);

/** A line for each suite, and the sum. */
export function reportOf(results: readonly SuiteResult[]): string {
  const cases = results.reduce((sum, suite) => sum + suite.cases, 0);
  const passed = results.reduce((sum, suite) => sum + suite.cases - suite.failures.length, 0);
  const whole = results.filter(({ failures }) => failures.length === 0).length;
  return [
    `# Federation gateway audit, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${passed} of ${cases} cases, ${whole} of ${results.length} suites.`,
    '',
    '| suite | cases | passed | failed |',
    '|---|---|---|---|',
    ...results.map(
      ({ id, cases: all, failures }) =>
        `| ${id} | ${all} | ${all - failures.length} | ${failures.map(({ number }) => number).join(' ') || '-'} |`,
    ),
  ].join('\n');
}

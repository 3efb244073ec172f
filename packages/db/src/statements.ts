import { AsyncLocalStorage } from 'node:async_hooks';
import { sqlStatements } from '@plaza/telemetry/metrics';

const counting = new AsyncLocalStorage<{ statements: number }>();

/** Notes one SQL statement of the work that is running. */
export function countStatement(): void {
  sqlStatements.inc();
  const counter = counting.getStore();
  if (counter !== undefined) counter.statements += 1;
}

/** Runs `work` and tells how many SQL statements it sent, over all databases of this process. For tests: it slows promises down. */
export async function countingStatements<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly statements: number }> {
  const counter = { statements: 0 };
  const result = await counting.run(counter, work);
  return { result, statements: counter.statements };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Access } from './access/policy-table.js';
import type { Engine } from './engine/engine.js';
import type { Operations, Prepared } from './operations/operations.js';
import type { TrustedDocuments } from './operations/trusted-documents.js';

/** Who signed in, and a guest: nearly everybody. */
const AUDIENCES: readonly Access[] = [{ scopes: [] }, null];

/** Plans the graph's own operations ahead, one at a time between requests, so that no client's first screen waits for the planner. */
export async function warmUp(documents: TrustedDocuments, operations: Operations, engine: Engine, signal: AbortSignal): Promise<void> {
  for (const text of documents.texts) {
    await nextTurn();
    if (signal.aborted) return;
    for (const access of AUDIENCES) {
      const prepared = operations.prepare(text, undefined, access);
      // An operation of a newer or older graph is no reason to fall; one that is not for guests has no use for a plan of theirs.
      if (prepared.kind === 'ready' && isOpen(prepared)) await planAhead(engine, prepared, signal);
    }
  }
}

async function planAhead(engine: Engine, { planned }: Prepared, signal: AbortSignal): Promise<void> {
  try {
    await engine.plan(planned);
  } catch (error) {
    // A gateway that stops makes no more plans.
    if (!signal.aborted) throw error;
  }
}

const isOpen = ({ shape }: Prepared): boolean => [...shape.values()].every(({ denial }) => denial === null);

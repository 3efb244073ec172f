import type { Ports } from '@plaza/calls/call-client';
import { within } from '@plaza/kernel/in-time';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { Router } from 'express';

/** Names of what is not ready yet. */
export type Readiness = () => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;

/** `/live`: the process runs. `/ready`: it can answer, else 503 and the names of what cannot. */
export function healthRouter(readiness: readonly Readiness[]): Router {
  const router = Router();
  router.get('/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  router.get('/ready', async (_request, response) => {
    const waiting = (await Promise.all(readiness.map((ask) => ask()))).flat();
    response.setHeader('cache-control', 'no-store');
    response
      .status(waiting.length === 0 ? 200 : 503)
      .json(waiting.length === 0 ? { status: 'ready' } : { status: 'waiting', for: waiting });
  });
  return router;
}

/** Every subgraph, asked at once; one that is silent for two seconds is not ready. */
export function subgraphReadiness(ports: Ports): Readiness {
  return async () => {
    const answers = await Promise.all(
      SUBGRAPH_NAMES.map(async (name) => ({ name, isReady: await isReadyInTime(ports(name)?.ready() ?? Promise.resolve(false)) })),
    );
    return answers.filter(({ isReady }) => !isReady).map(({ name }) => name);
  };
}

const isReadyInTime = (asked: Promise<boolean>): Promise<boolean> =>
  within(
    asked.catch(() => false),
    TIMEOUT_MS,
    () => false,
  );

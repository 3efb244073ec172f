import type { Ports } from '@plaza/calls/call-client';
import { inTimeOr } from '@plaza/kernel/in-time';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { type RequestHandler, Router } from 'express';

/** Names of what is not ready yet. */
export type Readiness = () => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;

/**
 * `/live`: the process runs. `/serving`: it takes requests itself, for whoever spreads them over several gateways: a subgraph that is away is
 * away from all, and what needs none of it goes on. `/ready`: everything can answer. Else 503 and the names of what cannot.
 */
export function healthRouter({ own, others }: { readonly own: readonly Readiness[]; readonly others: readonly Readiness[] }): Router {
  const router = Router();
  const answer =
    (readiness: readonly Readiness[]): RequestHandler =>
    async (_request, response) => {
      const waiting = (await Promise.all(readiness.map((ask) => ask()))).flat();
      response
        .status(waiting.length === 0 ? 200 : 503)
        .json(waiting.length === 0 ? { status: 'ready' } : { status: 'waiting', for: waiting });
    };
  router.get('/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  router.get('/serving', answer(own));
  router.get('/ready', answer([...own, ...others]));
  return router;
}

/** Every subgraph, asked at once; one that is silent for two seconds is not ready. */
export function subgraphReadiness(ports: Ports): Readiness {
  return async () => {
    const answers = await Promise.all(
      SUBGRAPH_NAMES.map(async (name) => ({
        name,
        isReady: await inTimeOr(false, ports(name)?.ready() ?? Promise.resolve(false), TIMEOUT_MS),
      })),
    );
    return answers.filter(({ isReady }) => !isReady).map(({ name }) => name);
  };
}

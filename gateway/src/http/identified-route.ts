import type { Assertions } from '@plaza/auth/assertion';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { Fault } from '@plaza/kernel/fault';
import type { RequestHandler } from 'express';
import { identify, type IdentityParts } from '../identity/identify.js';
import { requestIdOf } from './opening.js';

export interface IdentifiedRouteParts {
  readonly identity: IdentityParts;
  readonly assertions: Assertions;
}

/** As packages/subgraph has it for the other doors. */
const ASSERTION = 'x-plaza-assertion';
/** Who asks, for what is counted by address: a subgraph that is a process of its own sees only the gateway. */
const ADDRESS = 'x-plaza-address';
const MAX_USER_AGENT = 200;

/**
 * What a subgraph serves beside the graph learns who asks as its other doors do: by an assertion, over method and path. Whoever sends no token,
 * or one that does not hold, comes without: a picture is for everybody, and what is not says so itself. 503 while nobody can tell.
 * The assertion holds no relation epoch: a route that wants to know what somebody may see asks for it.
 */
export function identifiedRoute(subgraph: string, { identity, assertions }: IdentifiedRouteParts): RequestHandler {
  return async (request, response, next) => {
    delete request.headers[ASSERTION];
    request.headers[ADDRESS] = request.ip ?? '';
    try {
      const { identity: viewer, app } = await identify(request.get('authorization'), identity);
      // Apps have the graph and nothing beside it.
      if (viewer !== null && app === null) {
        const { userId: id, sessionId, scopes } = viewer;
        const claims = {
          viewer: { id, sessionId, epoch: 0, scopes },
          issuer: 'gateway',
          requestId: requestIdOf(response),
          address: request.ip ?? null,
          userAgent: request.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? null,
        };
        request.headers[ASSERTION] = assertions.mint(claims, subgraph, assertionBody.route(request.method, request.originalUrl));
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'UNAVAILABLE') {
        response.set('retry-after', '5').status(503).json({ error: 'Come back in a moment.' });
        return;
      }
    }
    next();
  };
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { GatewayRequest, GatewayResponse } from './messages.js';
import type { Opening } from './opening.js';

export interface FrontParts {
  readonly app: Express;
  readonly opening: Opening;
  /** Where the graph is, and who answers for it. */
  readonly path: string;
  readonly graph: RequestHandler;
  /** Hears of what the graph's route can do nothing about any more: its answer has begun. */
  readonly failed: (error: unknown) => void;
}

/** Operations sent to the graph's path, which nearly all requests are, go to it straight; for the rest Express looks for who answers. */
export function front({ app, opening, path, graph, failed }: FrontParts): RequestListener<typeof GatewayRequest, typeof GatewayResponse> {
  return (incoming, outgoing) => {
    if (incoming.url !== path || incoming.method !== 'POST') {
      app(incoming, outgoing);
      return;
    }
    // What Express does before it looks for a route.
    incoming.app = app;
    outgoing.app = app;
    incoming.res = outgoing;
    const request = incoming as IncomingMessage as Request; // both are Express' own: messages.ts
    const response = outgoing as ServerResponse as Response;
    if (!opening.begin(request, response)) return;
    void graph(request, response, (error?: unknown) => {
      failed(error);
      request.socket.destroy();
    });
  };
}

import type { RequestListener } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
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
export function front({ app, opening, path, graph, failed }: FrontParts): RequestListener {
  return (incoming, outgoing) => {
    if (incoming.url !== path || incoming.method !== 'POST') {
      app(incoming, outgoing);
      return;
    }
    // What Express does before it looks for a route.
    const request = Object.setPrototypeOf(incoming, app.request) as Request;
    const response = Object.setPrototypeOf(outgoing, app.response) as Response;
    request.res = response;
    response.locals = {};
    if (!opening.begin(request, response)) return;
    void graph(request, response, (error?: unknown) => {
      failed(error);
      request.socket.destroy();
    });
  };
}

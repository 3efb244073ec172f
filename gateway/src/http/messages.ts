import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

/** A request that is one of Express' from the beginning. */
export class GatewayRequest extends IncomingMessage {
  declare app: Express;
  declare res: GatewayResponse;
}

export class GatewayResponse extends ServerResponse<GatewayRequest> {
  declare app: Express;
  locals: Record<string, unknown> = {};
}

// Express gives its prototypes to each request that comes. An object that has changed its prototype gets a new hidden class with each property that is
// set from then on, and whatever reads it looks for everything anew: a tenth of a request's time, in Node's own code for the most part.
Object.setPrototypeOf(GatewayRequest.prototype, express.request);
Object.setPrototypeOf(GatewayResponse.prototype, express.response);

export type GatewayServer = Server<typeof GatewayRequest, typeof GatewayResponse>;

/** A server whose requests a gateway takes. It listens nowhere yet. */
export const gatewayServer = (): GatewayServer => createServer({ IncomingMessage: GatewayRequest, ServerResponse: GatewayResponse });

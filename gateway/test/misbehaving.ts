import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SubgraphPort, SubgraphRequest } from '@plaza/calls/subgraph-port';
import { HttpPort } from '@plaza/subgraph/http-port';
import type { ExecutionResult } from 'graphql';

/** What a subgraph does with a request: answers it, or anything else. */
export type Manner = (response: ServerResponse, answer: () => Promise<ExecutionResult>) => void;

/** Answers as it should. */
export const wellMannered: Manner = (response, answer) => {
  void answer().then((result) => response.end(JSON.stringify(result)));
};

/** A subgraph behind real HTTP whose manners the test chooses; calls go past it. */
export interface Misbehaving {
  readonly port: SubgraphPort;
  manner: Manner;
  /** Requests that reached it. */
  visits: number;
  stop(): Promise<void>;
}

export async function misbehaving(behind: SubgraphPort): Promise<Misbehaving> {
  const server = createServer((request, response) => {
    // It takes requests one at a time.
    if (request.url !== '/graphql') return void response.writeHead(404).end();
    one.visits += 1;
    one.manner(response, async () => behind.execute(await bodyOf(request), String(request.headers['x-plaza-assertion'])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = new HttpPort(behind.name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`); // it listens on a port
  const one: Misbehaving = {
    port: {
      name: behind.name,
      execute: (request, assertion) => http.execute(request, assertion),
      subscribe: (request, assertion) => behind.subscribe(request, assertion),
      call: (name, input, assertion) => behind.call(name, input, assertion),
      deliver: (events, assertion) => behind.deliver(events, assertion),
      ready: () => behind.ready(),
    },
    manner: wellMannered,
    visits: 0,
    stop: () => ended(server, http),
  };
  return one;
}

async function ended(server: Server, http: HttpPort): Promise<void> {
  http.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function bodyOf(request: IncomingMessage): Promise<SubgraphRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as SubgraphRequest; // what our own port wrote
}

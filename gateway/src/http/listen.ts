import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayRequest, GatewayResponse, GatewayServer } from './messages.js';

/** An HTTP server that serves, and its end. */
export interface Listening {
  readonly port: number;
  /** Takes no new requests, lets those under way finish for `drainMs`, then cuts what is left. */
  stop(drainMs: number): Promise<void>;
}

/** Headers are a few hundred bytes: who takes longer sends them slowly on purpose. Bodies may be uploads; the graph's own have their time in its router. */
const HEADERS_MS = 20_000;
/** Longer than an edge keeps a line that nobody uses (infra/edge): who closes first must be who sends, or a request meets the closing. */
const KEEP_ALIVE_MS = 80_000;

/**
 * Serves on a server of its own port, or on one that holds its port already: from whoever held it for us, this takes over between two requests.
 * @throws Error (`code` EADDRINUSE …) when the port cannot be had
 */
export async function listen(
  server: GatewayServer,
  handler: RequestListener<typeof GatewayRequest, typeof GatewayResponse>,
  port: number,
  host: string,
): Promise<Listening> {
  let isStopping = false;
  server.headersTimeout = HEADERS_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.removeAllListeners('request').on('request', (request, response) => {
    // A kept connection would be closed under the client's next request.
    if (isStopping) response.setHeader('connection', 'close');
    handler(request, response);
  });
  if (!server.listening) await bound(server, port, host);
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port, not on a pipe
    stop(drainMs) {
      isStopping = true;
      return closed(server, drainMs);
    },
  };
}

async function bound(server: GatewayServer, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closed(server: GatewayServer, drainMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}

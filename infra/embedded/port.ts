import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gatewayServer, type GatewayServer } from '@plaza/gateway/http/messages';

/** One that was killed a moment ago may still be letting go of it. */
const PATIENCE_MS = 1_500;

/** The port cannot be had. The message is one line. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/** A server that holds its port and answers 503 until somebody else takes over its requests. */
export interface HeldPort {
  readonly server: GatewayServer;
  readonly port: number;
  readonly release: () => Promise<void>;
}

/**
 * Take a port before anything is started on disk: who finds it taken has changed nothing.
 * @param port 0 takes any free one.
 * @throws PortError
 */
export async function takePort(port: number, host: string): Promise<HeldPort> {
  const server = gatewayServer();
  const wait: RequestListener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1', connection: 'close' }).end('Plaza is starting.\n');
  };
  server.on('request', wait);
  for (const until = Date.now() + PATIENCE_MS; ; await pause(100)) {
    const failure = await listen(server, port, host);
    if (failure === undefined) break;
    if (codeOf(failure) === 'EADDRINUSE' && Date.now() < until) continue;
    throw new PortError(`port ${String(port)} on ${host} ${reason(codeOf(failure))}`, { cause: failure });
  }
  return {
    server,
    port: (server.address() as AddressInfo).port,
    release: async () =>
      new Promise((released) => {
        server.close(() => released());
        server.closeAllConnections();
      }),
  };
}

/** @returns why it does not listen. */
async function listen(server: GatewayServer, port: number, host: string): Promise<Error | undefined> {
  try {
    await once(server.listen(port, host), 'listening');
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

const codeOf = (failure: Error): string => ('code' in failure ? String(failure.code) : failure.message);

function reason(code: string): string {
  if (code === 'EADDRINUSE') return 'is in use';
  if (code === 'EACCES') return 'may not be used by this user';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'is not an address of this machine';
  return `cannot be used (${code})`;
}

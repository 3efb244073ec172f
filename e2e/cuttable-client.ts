import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** The public client of the protocol, which does not reconnect by itself, and a way to lose its line. */
export interface CuttableClient {
  readonly client: Client;
  /** Cuts the line as a tunnel does: no word to either side. */
  cut(): void;
}

/** @param token null for a guest */
export function cuttableClient(url: string, token: string | null, options: { readonly lazyCloseTimeout?: number } = {}): CuttableClient {
  let current: WebSocket | null = null;
  const hold = (socket: WebSocket): void => void (current = socket);
  const client = createClient({
    url: url.replace(/^http/u, 'ws'),
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols?: string | string[]) {
        super(address, protocols);
        hold(this);
      }
    },
    ...(token === null ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    retryAttempts: 0,
    ...options,
  });
  return { client, cut: () => current?.terminate() };
}

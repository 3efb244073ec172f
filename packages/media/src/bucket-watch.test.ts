import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BucketWatch } from './bucket-watch.js';

/** Ends what a test waits for in vain; nothing is judged by it. */
const PATIENCE = { timeout: 50_000 };
const OFTEN_MS = 10;

describe('A watch over a bucket', () => {
  let manner: RequestListener;
  const server = createServer((request, response) => manner(request, response));
  let watch: BucketWatch;
  beforeEach(async () => {
    manner = (_request, response) => void response.writeHead(403).end();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    watch = new BucketWatch(`http://127.0.0.1:${String(port)}`, OFTEN_MS);
  });
  afterEach(async () => {
    server.closeAllConnections();
    if (server.listening) server.close();
    await watch.stop();
  });
  /** What it says, at last. */
  const says = (isAway: boolean): Promise<boolean> =>
    vi.waitFor(() => {
      if (watch.isAway !== isAway) throw new Error(`it says ${String(watch.isAway)}`);
      return watch.isAway;
    }, PATIENCE);

  it.each<readonly [string, RequestListener]>([
    ['says that it cannot now', (_request, response) => void response.writeHead(503).end()],
    ['breaks off', (_request, response) => void response.destroy()],
    ['hangs', () => undefined],
  ])('sees that its server %s, and that it answers again', async (_what, other) => {
    const well = manner;
    manner = other;
    expect(await says(true)).toBe(true);
    manner = well;
    expect(await says(false)).toBe(false);
  });

  it('sees that its server is not there', async () => {
    server.close();
    expect(await says(true)).toBe(true);
  });
});

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectSafely } from 'node:tls';

/** A line to a server that breaks once, in the middle of what a client sends. */
export interface BadLine {
  /** http://127.0.0.1:<port> */
  readonly origin: string;
  readonly cuts: number;
  close(): Promise<void>;
}

/** Breaks when so many bytes have gone through, both ends at once and without a word. To `https://…` it speaks TLS itself: whoever uses it does not. */
export async function badLine(server: string, cutAfterBytes: number): Promise<BadLine> {
  const { protocol, hostname, port } = new URL(server);
  const reach = (): Socket =>
    protocol === 'https:'
      ? connectSafely({ port: Number(port || '443'), host: hostname, servername: hostname })
      : connect(Number(port || '80'), hostname);
  let sent = 0;
  let cuts = 0;
  const open = new Set<Socket>();
  const line = createServer((client) => {
    const upstream = reach();
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      upstream.write(chunk);
      if (cuts === 0 && sent > cutAfterBytes) {
        cuts += 1;
        // What is on its way arrives.
        upstream.end();
        client.destroy();
      }
    });
    upstream.on('data', (chunk: Buffer) => client.write(chunk));
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  return {
    origin: `http://127.0.0.1:${(line.address() as AddressInfo).port}`, // it listens on a port, not on a pipe
    get cuts() {
      return cuts;
    },
    async close() {
      for (const socket of open) socket.destroy();
      line.close();
      await once(line, 'close');
    },
  };
}

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const ROUNDS = 3;
const OPENING_MS = 10_000;

/**
 * Has the process let go of all that it no longer holds: what its memory comes to then is what it keeps, and not what V8 has not cleared away yet. It must
 * have been started with `NODE_OPTIONS=--inspect-port=<port>`.
 */
export async function collectGarbage(pid: number, port: number): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await debuggerUrl(port));
  await once(socket, 'open');
  let last = 0;
  const send = async (method: string): Promise<void> => {
    last += 1;
    socket.send(JSON.stringify({ id: last, method }));
    await once(socket, 'message');
  };
  // What ends in one round (threads' messages, finalizers) lets go of more in the next.
  for (let round = 0; round < ROUNDS; round += 1) {
    await send('HeapProfiler.collectGarbage');
    await pause(1_000);
  }
  socket.close();
}

async function debuggerUrl(port: number): Promise<string> {
  for (const until = Date.now() + OPENING_MS; ;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => null);
    const [target] = answer === null ? [] : ((await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[]); // the inspector's own format
    if (target !== undefined) return target.webSocketDebuggerUrl;
    if (Date.now() > until) throw new Error('The inspector did not open.');
    await pause(50);
  }
}

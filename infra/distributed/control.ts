import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'running.json';

/** What a Plaza that runs on this machine says of itself, to this user only. */
const Running = z.object({ url: z.url(), trust: z.string(), control: z.url(), token: z.string() });
export type Running = z.infer<typeof Running>;

/** The Plaza that runs in a data folder; undefined when none does, or it ended without a word. */
export async function running(dataDir: string): Promise<Running | undefined> {
  const text = await readFile(join(dataDir, FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Running.parse(JSON.parse(text));
}

/** Restarts processes one after the other, telling a line for each. `only`: those of these names (`feed`, `gateway`); all of them for none. */
export type Roll = (only: readonly string[], tell: (line: string) => void) => Promise<void>;

/**
 * Takes one command on this machine's own address, from who can read the data folder: POST /roll?only=feed,gateway. It answers a line for each process.
 * @returns what ends it
 */
export async function openControl(dataDir: string, says: Pick<Running, 'url' | 'trust'>, roll: Roll): Promise<() => Promise<void>> {
  const token = randomBytes(32).toString('hex');
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://localhost');
    if (request.method !== 'POST' || asked.pathname !== '/roll' || request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain' });
    roll(namesIn(asked.searchParams.get('only') ?? ''), (line) => void response.write(`${line}\n`)).then(
      () => response.end('done\n'),
      (cause: unknown) => response.end(`!! ${cause instanceof Error ? cause.message : String(cause)}\n`),
    );
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const file = join(dataDir, FILE);
  await writeFile(file, JSON.stringify({ ...says, control: `http://127.0.0.1:${String(port)}`, token } satisfies Running), { mode: 0o600 });
  return async () => {
    await rm(file, { force: true });
    server.close();
    server.closeAllConnections();
  };
}

/** `feed,gateway` */
const namesIn = (list: string): readonly string[] => list.split(',').filter((name) => name !== '');

/**
 * Asks the Plaza that runs to restart its processes one after the other; hands on what it says.
 * @param only names with commas between; all of them for an empty text
 * @throws Error when one does not serve again, or there is none of these names
 */
export async function askToRoll({ control, token }: Running, only: string, tell: (line: string) => void): Promise<void> {
  const response = await fetch(`${control}/roll?${new URLSearchParams({ only }).toString()}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok || response.body === null) throw new Error(`it answered ${String(response.status)}`);
  let rest = '';
  let last = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell((last = line));
  }
  if (last !== 'done') throw new Error('the round did not come to its end');
}

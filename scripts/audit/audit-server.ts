import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** One case: what is asked, and what the answer is. */
export interface AuditCase {
  readonly query: string;
  readonly expected: { readonly data?: unknown; readonly errors?: boolean };
}

/** The audit's own server, which has every suite's subgraphs. */
export interface AuditServer {
  ids(): Promise<readonly string[]>;
  supergraph(id: string): Promise<string>;
  cases(id: string): Promise<readonly AuditCase[]>;
  fetch(id: string, subgraph: string, body: object): Promise<unknown>;
  stop(): void;
}

/** The audit asks for Node 22, of which it uses this alone. */
const POLYFILL =
  'Promise.withResolvers ??= function () { let resolve, reject; const promise = new this((yes, no) => { resolve = yes; reject = no; }); return { promise, resolve, reject }; };';
const START_TRIES = 150;

/** Starts the audit that lies in the folder, with the tools that it brought along. @throws Error when it does not answer in time */
export async function startAudit(folder: string): Promise<AuditServer> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(POLYFILL)}`, '--import', 'tsx', 'src/cli.ts', 'serve', '--port', String(port)],
    { cwd: resolve(folder), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const base = `http://127.0.0.1:${port}`;
  const server: AuditServer = {
    ids: async () => (await getJson(`${base}/ids`)) as readonly string[],
    supergraph: async (id) => (await fetch(`${base}/${id}/supergraph`)).text(),
    cases: async (id) => (await getJson(`${base}/${id}/tests`)) as readonly AuditCase[],
    async fetch(id, subgraph, body) {
      const response = await fetch(`${base}/${id}/${subgraph}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return response.json();
    },
    stop: () => void child.kill(),
  };
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    const isUp = await fetch(`${base}/_health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return server;
    await delay(200);
  }
  server.stop();
  throw new Error(`The audit in ${folder} does not start. Are its packages installed?`);
}

const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json();

async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((done, fail) => {
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

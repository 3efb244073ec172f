/** All subgraphs of a stage, each on a port of its own. Answers are remembered by what was asked: they are not what is measured. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readFile } from 'node:fs/promises';
import { graphql } from 'graphql';
import { World } from '../../packages/federation-engine/test/world.js';
import type { SubgraphRequest } from '@plaza/federation-engine/subgraphs';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Asked, Origins, Stage, SubgraphsJob } from './jobs.js';
import { standardSchemas } from './standard-graph.js';

/** Other people's gateways leave out what is empty. */
type Asking = Omit<SubgraphRequest, 'variables'> & Partial<SubgraphRequest>;
type Answer = (subgraph: string, request: SubgraphRequest) => Promise<object>;

const seen = { exchanges: 0, fetches: 0, calls: 0, bytes: 0 };
const answered = new Map<string, { readonly fetches: number; readonly bytes: Buffer }>();
const MOST_KEPT = 10_000;

async function answers(stage: Stage): Promise<Answer> {
  if (stage === 'plaza') {
    const sdl = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
    return new World(sdl, 'bench', { nulls: 0, errors: 0, hidden: 0, away: [], length: 10 }).fetch;
  }
  const schemas = standardSchemas();
  return async (subgraph, { query, variables, operationName }) => {
    const schema = schemas.get(subgraph);
    if (schema === undefined) throw new Error(`There is no subgraph ${subgraph}.`);
    return graphql({ schema, source: query, variableValues: variables, operationName: operationName ?? null });
  };
}

/** What our gateway asks beside GraphQL: nobody is blocked, nobody has left. */
function called(path: string, text: string, { keys }: SubgraphsJob): object {
  if (path.endsWith('accounts.publicKeys')) return { keys };
  if (path.endsWith('accounts.revokedSessions')) return { sessionIds: [], asOf: Date.now() };
  const { userIds = [] } = JSON.parse(text) as { readonly userIds?: readonly string[] };
  return { epochs: userIds.map((userId) => ({ userId, epoch: 1 })) };
}

async function serve(job: SubgraphsJob): Promise<Origins> {
  const answer = await answers(job.stage);
  const listening = SUBGRAPH_NAMES.map(async (name): Promise<[string, string]> => {
    const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const body = await buffer(request);
      const path = request.url ?? '/';
      const send = (bytes: Buffer): void => {
        seen.bytes += body.length + bytes.length;
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
      };
      if (path.startsWith('/calls/')) {
        seen.calls += 1;
        send(Buffer.from(JSON.stringify(called(path, body.toString(), job))));
        return;
      }
      seen.exchanges += 1;
      const key = `${name} ${body.toString('latin1')}`;
      let known = answered.get(key);
      if (known === undefined) {
        const asked = JSON.parse(body.toString()) as Asking | readonly Asking[];
        const answers = await Promise.all([asked].flat().map(async (one) => answer(name, { ...one, variables: one.variables ?? {} })));
        // Several requests together are our gateway's: packages/subgraph/src/http-batch.ts.
        const text = Array.isArray(asked)
          ? answers.map((one, index) => `${JSON.stringify([index, 200, one])}\n`).join('')
          : JSON.stringify(answers[0]);
        known = { fetches: answers.length, bytes: Buffer.from(text) };
        // As many as come: of several together there are as many as ways to meet.
        if (answered.size < MOST_KEPT) answered.set(key, known);
      }
      seen.fetches += known.fetches;
      send(known.bytes);
    };
    const server = createServer((request, response) => void respond(request, response));
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return [name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`]; // it listens on a port
  });
  return Object.fromEntries(await Promise.all(listening));
}

process.on('message', (message: SubgraphsJob | 'asked') => {
  if (message === 'asked') {
    process.send?.({ ...seen } satisfies Asked);
    Object.assign(seen, { exchanges: 0, fetches: 0, calls: 0, bytes: 0 });
  } else void serve(message).then((origins) => process.send?.(origins));
});
process.on('disconnect', () => process.exit());

import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { composeServices } from '@apollo/composition';
import { createEngine } from '@plaza/federation-engine/engine';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Asked, Origins, Stage } from './jobs.js';
import { post, type Shot, volley, type Volley } from './load.js';
import { manifestQueries } from './manifest.js';
import { type Contender, type RunningContender, startContender } from './contenders.js';
import { cpuMs, forked, rssMiB, told } from './processes.js';
import { STANDARD_QUERY, standardTypeDefs } from './standard-graph.js';

/** Every request with one token and one text, or each with another person's. */
export const MODES = ['standard', 'mix', 'identical'] as const;
export type Mode = (typeof MODES)[number];

export interface Race {
  readonly clients: number;
  /** That are measured. */
  readonly requests: number;
  /** Before them: code is compiled, plans are made. */
  readonly warmUp: number;
  readonly modes: readonly Mode[];
}

/** What one gateway did in one mode. */
export interface Figures extends Volley {
  readonly cpuMs: number;
  readonly exchanges: number;
  readonly fetches: number;
  readonly calls: number;
  readonly subgraphBytes: number;
  readonly rssMiB: number;
  /** Operations that it answers as ours does, of all. */
  readonly same: number;
  readonly operations: number;
}

const PEOPLE = 500;
/** Of the mix. The first of them are the most asked for: the n-th one part in n. */
const OPERATIONS = 30;

/** Measures contenders one after the other: each alone on the machine, over the same subgraphs in a process of their own. */
export async function race(
  contenders: readonly Contender[],
  options: Race,
  heard: (mode: Mode, contender: Contender, figures: Figures | Error) => void,
): Promise<void> {
  const issuer = await makeIssuer();
  for (const mode of options.modes) {
    const stage: Stage = mode === 'mix' ? 'plaza' : 'standard';
    const subgraphs = forked('subgraphs');
    try {
      const origins = await told<Origins>(subgraphs, { stage, keys: [issuer.key] });
      const { sdl, bodies } = await theatre(stage, origins);
      const expected: unknown[] = [];
      for (const contender of contenders) {
        try {
          const running = await startContender(contender, { stage, supergraphSdl: sdl, origins }, mode === 'identical');
          try {
            const shots = deal(mode, bodies, issuer.tokens);
            heard(mode, contender, await measure(running, subgraphs, { shots, bodies, expected, token: issuer.tokens[0] ?? '' }, options));
          } finally {
            running.stop();
          }
        } catch (error) {
          heard(mode, contender, error instanceof Error ? error : new Error(String(error)));
        }
      }
    } finally {
      subgraphs.disconnect();
    }
  }
}

interface Task {
  readonly shots: () => Shot;
  readonly bodies: readonly string[];
  /** What the first contender answered. */
  readonly expected: unknown[];
  readonly token: string;
}

async function measure(
  { url, pid }: RunningContender,
  subgraphs: ChildProcess,
  { shots, bodies, expected, token }: Task,
  { clients, requests, warmUp }: Race,
): Promise<Figures> {
  let same = 0;
  for (const [index, body] of bodies.entries()) {
    const { data } = JSON.parse((await post(url, { body, token })).text()) as { readonly data?: unknown };
    if (expected.length === index) expected.push(data);
    if (data !== undefined && isDeepStrictEqual(data, expected[index])) same += 1;
  }
  await volley(url, clients, warmUp, shots);
  await told<Asked>(subgraphs, 'asked');
  const before = cpuMs(pid);
  const figures = await volley(url, clients, requests, shots);
  const cpu = cpuMs(pid) - before;
  const { exchanges, fetches, calls, bytes } = await told<Asked>(subgraphs, 'asked');
  return {
    ...figures,
    cpuMs: cpu / figures.count,
    exchanges: exchanges / figures.count,
    fetches: fetches / figures.count,
    calls: calls / figures.count,
    subgraphBytes: bytes / figures.count,
    rssMiB: rssMiB(pid),
    same,
    operations: bodies.length,
  };
}

/** What is played: the supergraph with its subgraphs where they listen, and the bodies of what is asked. */
async function theatre(stage: Stage, origins: Origins): Promise<{ readonly sdl: string; readonly bodies: readonly string[] }> {
  if (stage === 'standard') {
    const { supergraphSdl, errors } = composeServices(
      standardTypeDefs.map(({ name, typeDefs }) => ({ name, typeDefs, url: `${origins[name]}/graphql` })),
    );
    if (supergraphSdl === undefined) throw new Error(errors.map(String).join('\n'));
    return { sdl: supergraphSdl, bodies: [JSON.stringify({ query: STANDARD_QUERY })] };
  }
  const committed = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
  const sdl = committed.replaceAll(
    /@join__graph\(name: "(\w+)", url: "[^"]*"\)/gu,
    (_, name: string) => `@join__graph(name: "${name}", url: "${origins[name]}/graphql")`,
  );
  const operations = await manifestQueries(createEngine({ supergraphSdl: committed }).schema);
  return {
    sdl,
    bodies: operations
      .slice(0, OPERATIONS)
      .map(({ text, variables, name }) => JSON.stringify({ query: text, variables, operationName: name })),
  };
}

/** The next request each time: the same ones in the same order for every contender. */
function deal(mode: Mode, bodies: readonly string[], tokens: readonly string[]): () => Shot {
  const weights = bodies.map((_, index) => 1 / (index + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let seed = 1;
  let turn = 0;
  return () => {
    turn += 1;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    let left = (seed / 2 ** 32) * whole;
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return { body: bodies[Math.max(0, index)] ?? '', token: tokens[mode === 'identical' ? 0 : turn % tokens.length] ?? '' };
  };
}

/** Access tokens of many people, as accounts would sign them. */
async function makeIssuer(): Promise<{ readonly key: JWK; readonly tokens: readonly string[] }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key: JWK = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'EdDSA', use: 'sig' };
  const tokens = Array.from({ length: PEOPLE }, () =>
    new SignJWT({ sid: randomUUID(), scope: 'full', client_id: 'plaza' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'bench' })
      .setIssuer('plaza')
      .setAudience('plaza')
      .setSubject(randomUUID())
      .setIssuedAt()
      .setExpirationTime('2 h')
      .sign(privateKey),
  );
  return { key, tokens: await Promise.all(tokens) };
}

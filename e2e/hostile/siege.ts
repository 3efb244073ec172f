import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { draws } from '@plaza/testing/draws';
import { register } from '@plaza/testing/people';
import { buildSchema } from 'graphql';
import { all, inTurns, nth } from '../live/many.js';
import type { Say } from '../proof.js';
import { trusted } from '../story/documents.js';
import { DOCUMENTS } from './documents.js';
import { generated, plannerBomb } from './generated.js';
import { MARK } from './mark.js';
import { type Door, type Outcome, overPost } from './transports.js';
import { Waits } from './waits.js';

export interface SiegeOptions {
  /** Hostile operations in all. */
  readonly operations: number;
  readonly seed: number;
  /** Accounts that attack; a guest does besides. */
  readonly attackers: number;
  /** Seconds after the last attack, until memory is looked at. */
  readonly rest: number;
  readonly say: Say;
}

/** What came of a siege. */
export interface Siege {
  /** What got through, a line each. */
  readonly faults: readonly string[];
  readonly waits: Waits;
  /** How often each code was answered; `answered` without one. */
  readonly codes: ReadonlyMap<string, number>;
  /** Resident memory of the process in bytes. */
  readonly memory: { readonly before: number; readonly highest: number; readonly after: number };
}

export const WAITS = {
  statically: 'refused before planning',
  planning: 'refused by the planner',
  cold: 'legitimate, planned for the first time',
  warm: 'legitimate, planned before',
  typename: '{ __typename }',
} as const;

/** What a refusal may say. UNAVAILABLE: so many wait for the planner that the next is sent away. */
const REFUSALS = new Set([
  'COST_EXCEEDED',
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'INSUFFICIENT_SCOPE',
  'PERSISTED_QUERY_REQUIRED',
  'RATE_LIMITED',
  'UNAVAILABLE',
]);
const PLANNER = /too many ways/u;
const LONGEST = 1_000_000;
const READERS = 4;

interface Hostile {
  readonly name: string;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
  readonly isStatic: boolean;
  readonly document?: (typeof DOCUMENTS)[number];
}

/** Sends hostile operations, ten at a time, while others go on with their day. */
export async function besiege(url: string, { operations, seed, attackers: count, rest, say }: SiegeOptions): Promise<Siege> {
  const door = { origin: new URL(url).origin };
  const schema = buildSchema(await readFile(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
  const attackers = await all(count, (n) => register(url, `mallory${n}`));
  const readers = await all(READERS, (n) => register(url, `reader${n}`));
  const anna = await register(url, 'anna');
  await anna.publishes(`${MARK} alone`, { audience: 'ONLY_ME' });
  await anna.publishes('for everybody');
  const waits = new Waits();
  const codes = new Map<string, number>();
  const faults: string[] = [];
  const over = new AbortController();

  // Once for everybody: what is made at the first time is no matter of the siege.
  for (const { tokens } of readers) await daily(door, tokens.accessToken);
  const before = await resident(door);
  let highest = before;
  const day = Promise.allSettled([
    ...readers.map((reader, n) => readsOn(door, reader.tokens.accessToken, n, waits, over.signal, faults)),
    (async () => {
      for (; !over.signal.aborted; await pause(500)) highest = Math.max(highest, await resident(door));
    })(),
  ]);

  const next = draws(seed);
  const hostile = Array.from({ length: operations }, (_, n): Hostile => draw(schema, next, n));
  let done = 0;
  await inTurns(hostile, async (one, n) => {
    const by = n % (attackers.length + 1) === 0 ? undefined : nth(attackers, n);
    const began = performance.now();
    const outcome = await overPost(
      door,
      { query: one.query, variables: one.variables, operationName: one.operationName, extensions: one.extensions },
      by?.tokens.accessToken,
    ).catch(causes);
    const took = performance.now() - began;
    if (typeof outcome === 'string') faults.push(`${one.name}: ${outcome}`);
    else {
      const fault = faultOf(one, outcome);
      if (fault !== null) faults.push(`${one.name}: ${fault}`);
      codes.set(outcome.codes[0] ?? 'answered', (codes.get(outcome.codes[0] ?? 'answered') ?? 0) + 1);
      if (outcome.messages.some((message) => PLANNER.test(message))) waits.add(WAITS.planning, took);
      else if (one.isStatic) waits.add(WAITS.statically, took);
    }
    done += 1;
    if (done % 1_000 === 0) say(`${done} of ${operations}, ${faults.length} got through`);
  });
  over.abort();
  for (const part of await day) if (part.status === 'rejected') faults.push(`somebody who reads: ${causes(part.reason)}`);
  await pause(rest * 1_000);
  return { faults, waits, codes, memory: { before, highest, after: await resident(door) } };
}

/** Of ten: four of the named, two that stall or fill the planner, four drawn from the whole graph. Each is another text. */
function draw(schema: ReturnType<typeof buildSchema>, next: () => number, n: number): Hostile {
  const kind = next();
  if (kind < 0.2) return { name: 'a bomb for the planner', query: plannerBomb(next, `s${n}`), isStatic: false };
  if (kind < 0.6) return { name: 'drawn', query: generated(schema, next), isStatic: false };
  const named = DOCUMENTS.filter(
    ({ isLive, bySomebody, codes, profile, operation }) =>
      isLive !== true && bySomebody !== true && profile === undefined && operation.query !== '' && !codes.includes('UNAUTHENTICATED'),
  );
  const document = nth(named, Math.floor(next() * named.length));
  // What has been refused once is known by its text.
  const { query, ...more } = document.operation;
  return { ...more, name: document.name, query: `${query}\n# ${n}`, isStatic: true, document };
}

/** `fetch failed` says nothing without what it was caused by. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  return `${error.name}: ${error.message}${code}${error.cause === undefined ? '' : `, for ${causes(error.cause)}`}`;
}

function faultOf({ document }: Hostile, { status, body, codes, data }: Outcome): string | null {
  if (body.includes(MARK)) return 'something hidden was shown';
  if (body.length > LONGEST) return `${body.length} characters were answered`;
  const odd = codes.find((code) => !REFUSALS.has(code));
  if (odd !== undefined) return `${status} ${odd} ${body.slice(0, 300)}`;
  if (document !== undefined && (codes.length === 0 || data != null)) return `it was answered: ${body.slice(0, 300)}`;
  return codes.length === 0 && data === undefined ? `${status} ${body.slice(0, 300)}` : null;
}

async function daily(door: Door, token: string): Promise<Outcome> {
  return overPost(door, { query: trusted('Home').body, variables: { first: 10 } }, token);
}

/** Somebody who has nothing to do with it. */
async function readsOn(door: Door, token: string, who: number, waits: Waits, over: AbortSignal, faults: string[]): Promise<void> {
  const timed = async (what: string, ask: () => Promise<Outcome>): Promise<void> => {
    const began = performance.now();
    const { codes, body } = await ask();
    waits.add(what, performance.now() - began);
    if (codes.length > 0) faults.push(`${what} was refused: ${body.slice(0, 200)}`);
  };
  for (let n = 0; !over.aborted; n += 1) {
    await timed(WAITS.typename, () => overPost(door, { query: '{ __typename }' }, token));
    await timed(WAITS.warm, () => daily(door, token));
    // As a client under development has them: of an ordinary size, and new.
    if (n % 10 === 0)
      await timed(WAITS.cold, () =>
        overPost(
          door,
          {
            query: `{ new${who}n${n}: me { user { handle followerCount posts(first: 3) { edges { node { text likeCount author { handle } } } } } } }`,
          },
          token,
        ),
      );
    await pause(20);
  }
}

async function resident(door: Door): Promise<number> {
  const page = await (await fetch(`${door.origin}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/mu.exec(page)?.[1] ?? 0);
}

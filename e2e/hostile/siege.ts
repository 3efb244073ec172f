import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { draws } from '@plaza/testing/draws';
import { register } from '@plaza/testing/people';
import { buildSchema } from 'graphql';
import { collectGarbage } from '../collected.js';
import { all, inTurns, nth } from '../live/many.js';
import type { Say } from '../say.js';
import { trusted } from '../story/documents.js';
import { DOCUMENTS } from './documents.js';
import { generated, plannerBomb } from './generated.js';
import { MARK } from './mark.js';
import { type Door, type Outcome, overLightPost } from './transports.js';
import { Waits } from './waits.js';

export interface SiegeOptions {
  /** Hostile operations in all. */
  readonly operations: number;
  /** Those before were sent by another run. */
  readonly first: number;
  /** No more are begun after so long; 0: all of them. */
  readonly minutes: number;
  readonly seed: number;
  /** Accounts that attack; a guest does besides. */
  readonly attackers: number;
  /** Seconds in which nobody attacks, before and after: others go on with their day, then memory is looked at. */
  readonly rest: number;
  /** Seconds after which memory is looked at once more: what the siege left in stores has become old. */
  readonly after: number;
  /** Of the process that serves, and the port of its inspector. */
  readonly pid: number;
  readonly inspector: number;
  readonly say: Say;
}

/** What came of a siege. */
export interface Siege {
  /** Operations that were sent. */
  readonly done: number;
  /** Legitimate requests whose answer, or a part of it, did not come in the time that the gateway has for it. */
  readonly late: number;
  /** What got through, a line each. */
  readonly faults: readonly string[];
  readonly waits: Waits;
  /** How often each code was answered; `answered` without one. */
  readonly codes: ReadonlyMap<string, number>;
  readonly memory: { readonly before: Memory; readonly highest: number; readonly rested: Memory; readonly after: Memory };
}

/** In bytes, garbage collected. */
interface Memory {
  /** Of the process, with all its threads. */
  readonly resident: number;
  /** What the thread that serves holds. */
  readonly heap: number;
}

export const WAITS = {
  statically: 'refused before planning',
  planning: 'refused by the planner',
  planned: 'a bomb, planned and answered',
  cold: 'legitimate, planned for the first time',
  warm: 'legitimate, planned before',
  typename: '{ __typename }',
  inPeace: 'the same two, before the siege',
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
  readonly kind: 'bomb' | 'drawn' | 'named';
  readonly document?: (typeof DOCUMENTS)[number];
}

/** Sends hostile operations, ten at a time, while others go on with their day. */
export async function besiege(
  url: string,
  { operations, first, minutes, seed, attackers: count, rest, after: longer, pid, inspector, say }: SiegeOptions,
): Promise<Siege> {
  const door = { origin: new URL(url).origin };
  const schema = buildSchema(await readFile(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
  const next = draws(seed);
  const hostile = Array.from({ length: first + operations }, (_, n): Hostile => draw(schema, next, n)).slice(first);
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
  let when: 'before' | 'siege' | 'aside' = 'before';
  const add = (what: string, took: Took): void => {
    if (when === 'siege') waits.add(what, ...took);
    if (when === 'before' && what !== WAITS.cold) waits.add(WAITS.inPeace, ...took);
  };
  let late = 0;
  const shed = (): void => void (late += 1);
  let now = await residentOf(door, pid);
  let highest = now;
  const day = Promise.allSettled([
    ...readers.map((reader, n) =>
      readsOn(door, reader.tokens.accessToken, n, { add, shed, isAside: () => when === 'aside', pid, over: over.signal, faults }),
    ),
    (async () => {
      for (; !over.signal.aborted; await pause(2_000)) {
        now = await residentOf(door, pid);
        highest = Math.max(highest, now);
      }
    })(),
  ]);
  const held = async (): Promise<Memory> => {
    await collectGarbage(pid, inspector);
    return memoryOf(door);
  };
  await pause(rest * 1_000);
  when = 'aside';
  const before = await held();
  when = 'siege';

  const end = minutes === 0 ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  let done = 0;
  await inTurns(hostile, async (one, n) => {
    if (performance.now() > end) return;
    const by = n % (attackers.length + 1) === 0 ? undefined : nth(attackers, n);
    const watch = new Watch(pid);
    const outcome = await overLightPost(
      door,
      { query: one.query, variables: one.variables, operationName: one.operationName, extensions: one.extensions },
      by?.tokens.accessToken,
    ).catch(causes);
    const took = watch.read();
    if (typeof outcome === 'string') faults.push(`${one.name}: ${outcome}`);
    else {
      const fault = faultOf(one, outcome);
      if (fault !== null) faults.push(`${one.name}: ${fault}`);
      codes.set(outcome.codes[0] ?? 'answered', (codes.get(outcome.codes[0] ?? 'answered') ?? 0) + 1);
      if (outcome.messages.some((message) => PLANNER.test(message))) waits.add(WAITS.planning, ...took);
      else if (outcome.codes.length > 0 && outcome.data === undefined) waits.add(WAITS.statically, ...took);
      else if (one.kind === 'bomb' && outcome.codes.length === 0) waits.add(WAITS.planned, ...took);
    }
    done += 1;
    if (done % 1_000 === 0) say(`${done} of ${operations}, ${faults.length} got through, ${mib(now)} resident`);
  });
  when = 'aside';
  await pause(rest * 1_000);
  const rested = await held();
  if (longer > rest) await pause((longer - rest) * 1_000);
  const after = await held();
  over.abort();
  for (const part of await day) if (part.status === 'rejected') faults.push(`somebody who reads: ${causes(part.reason)}`);
  return { done, late, faults, waits, codes, memory: { before, highest, rested, after } };
}

/** Of ten: four of the named, two that stall or fill the planner, four drawn from the whole graph. Each is another text. */
function draw(schema: ReturnType<typeof buildSchema>, next: () => number, n: number): Hostile {
  const kind = next();
  if (kind < 0.2) return { name: 'a bomb for the planner', query: plannerBomb(next, `s${n}`), kind: 'bomb' };
  if (kind < 0.6) return { name: 'drawn', query: generated(schema, next), kind: 'drawn' };
  const named = DOCUMENTS.filter(
    ({ isLive, bySomebody, codes, profile, operation }) =>
      isLive !== true && bySomebody !== true && profile === undefined && operation.query !== '' && !codes.includes('UNAUTHENTICATED'),
  );
  const document = nth(named, Math.floor(next() * named.length));
  // What has been refused once is known by its text.
  const { query, ...more } = document.operation;
  return { ...more, name: document.name, query: `${query}\n# ${n}`, kind: 'named', document };
}

/** That a request failed says nothing without what it was caused by. */
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
  return overLightPost(door, { query: trusted('Home').body, variables: { first: 10 } }, token);
}

interface Day {
  readonly add: (what: string, took: Took) => void;
  /** Is told of an answer that did not come in its time. */
  readonly shed: () => void;
  /** Whether nothing is measured of it now: they take their time. */
  readonly isAside: () => boolean;
  readonly pid: number;
  readonly over: AbortSignal;
  readonly faults: string[];
}

/** Somebody who has nothing to do with it. */
async function readsOn(door: Door, token: string, who: number, { add, shed, isAside, pid, over, faults }: Day): Promise<void> {
  const timed = async (what: string, ask: () => Promise<Outcome>): Promise<void> => {
    const watch = new Watch(pid);
    const { codes, body } = await ask();
    add(what, watch.read());
    // A machine that is too slow for the bounds of time says so: that is told and judges nothing.
    if (codes.length > 0 && codes.every((code) => code === 'UNAVAILABLE')) shed();
    else if (codes.length > 0) faults.push(`${what} was refused: ${body.slice(0, 200)}`);
  };
  for (let n = 0; !over.aborted; n += 1) {
    await timed(WAITS.typename, () => overLightPost(door, { query: '{ __typename }' }, token));
    await timed(WAITS.warm, () => daily(door, token));
    // As a client under development has them: of an ordinary size, and new.
    if (n % 10 === 0)
      await timed(WAITS.cold, () =>
        overLightPost(
          door,
          {
            query: `{ new${who}n${n}: me { user { handle followerCount posts(first: 3) { edges { node { text likeCount author { handle } } } } } } }`,
          },
          token,
        ),
      );
    await pause(isAside() ? 1_000 : 20);
  }
}

/** By the clock, and by what the thread that serves did meanwhile; in milliseconds. */
type Took = readonly [passed: number, used: number | null];

/** By the clock, and by what the main thread of a process has had of its processor: null where the system does not tell. */
class Watch {
  readonly #file: string;
  readonly #at = performance.now();
  readonly #used: number | null;

  constructor(pid: number) {
    this.#file = `/proc/${pid}/task/${pid}/schedstat`;
    this.#used = this.#read();
  }

  /** Milliseconds since this was made. */
  read(): Took {
    const used = this.#read();
    return [performance.now() - this.#at, used === null || this.#used === null ? null : used - this.#used];
  }

  #read(): number | null {
    try {
      return Number(readFileSync(this.#file, 'latin1').split(' ')[0]) / 1e6;
    } catch {
      return null;
    }
  }
}

export const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;

/** As the system tells it: a page of metrics every other second would be work of the thread that serves. */
async function residentOf(door: Door, pid: number): Promise<number> {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    if (kib !== undefined) return Number(kib) * 1_024;
  } catch {
    // Told by Linux alone.
  }
  return (await memoryOf(door)).resident;
}

async function memoryOf(door: Door): Promise<Memory> {
  const page = await (await fetch(`${door.origin}/metrics`)).text();
  const bytes = (metric: string): number => Number(new RegExp(`^${metric} (\\S+)`, 'mu').exec(page)?.[1] ?? 0);
  return { resident: bytes('process_resident_memory_bytes'), heap: bytes('nodejs_heap_size_used_bytes') };
}

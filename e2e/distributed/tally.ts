import type { RawAnswer } from '@plaza/testing/people';
import { percentile } from '../../bench/measure/percentiles.js';
import type { Deed } from './deeds.js';

/** Before the engine was taken away, while it was away, after it was back. */
export const PHASES = ['before', 'away', 'after'] as const;
export type Phase = (typeof PHASES)[number];

/** What became of one deed in one phase. */
interface Counts {
  asked: number;
  /** With all that was asked for. */
  well: number;
  /** Without a part, and the answer says which. */
  degraded: number;
  failed: number;
  readonly ms: number[];
  /** Places that answers said were missing. */
  readonly places: Set<string>;
}

const CORE_SHARE = 0.999;

/** Counts what became of deeds, by deed and phase. */
export class Tally {
  readonly #counts = new Map<string, Counts>();
  readonly #cores = new Set<string>();
  /** Some of what failed, in words. */
  readonly failures: string[] = [];

  /** @param answer undefined when there was none */
  count(deed: Deed, phase: Phase, ms: number, answer: RawAnswer | undefined, cause?: unknown): void {
    if (deed.isCore) this.#cores.add(deed.name);
    const counts = this.#of(deed.name, phase);
    counts.asked += 1;
    counts.ms.push(ms);
    const outcome = outcomeOf(answer);
    counts[outcome.kind] += 1;
    if (outcome.kind === 'degraded') for (const place of outcome.places) counts.places.add(place);
    if (outcome.kind === 'failed' || (deed.isCore && outcome.kind === 'degraded'))
      this.failures.push(
        `${phase}: ${deed.name}: ${answer === undefined ? String(cause) : `${String(answer.status)} ${answer.body.slice(0, 300)}`}`,
      );
  }

  /** Of core deeds in a phase. */
  core(phase: Phase): { readonly asked: number; readonly well: number; readonly isEnough: boolean } {
    const all = [...this.#cores].map((name) => this.#of(name, phase));
    const [asked, well] = [sum(all.map((one) => one.asked)), sum(all.map((one) => one.well))];
    return { asked, well, isEnough: asked > 0 && well >= asked * CORE_SHARE };
  }

  /** Deeds that were not answered and did not say what is missing. */
  unsaid(phase: Phase): number {
    return sum([...this.#counts].filter(([key]) => key.startsWith(`${phase} `)).map(([, { failed }]) => failed));
  }

  /** A line for each deed. */
  table(phase: Phase): readonly string[] {
    const rows = [...this.#counts].flatMap(([key, counts]) =>
      key.startsWith(`${phase} `) ? [{ name: key.slice(phase.length + 1), ...counts }] : [],
    );
    return [
      `  ${phase.padEnd(32)}   asked    well  degraded  failed      p50      p99`,
      ...rows
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map(({ name, asked, well, degraded, failed, ms, places }) => {
          const numbers = `${pad(asked, 8)}${pad(well, 8)}${pad(degraded, 10)}${pad(failed, 8)}${pad(`${at(ms, 0.5)} ms`, 9)}${pad(`${at(ms, 0.99)} ms`, 9)}`;
          return `  ${this.#cores.has(name) ? '*' : ' '} ${name.padEnd(30)}${numbers}${places.size === 0 ? '' : `  ${[...places].join(' ')}`}`;
        }),
    ];
  }

  #of(name: string, phase: Phase): Counts {
    const key = `${phase} ${name}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const fresh: Counts = { asked: 0, well: 0, degraded: 0, failed: 0, ms: [], places: new Set() };
    this.#counts.set(key, fresh);
    return fresh;
  }
}

type Outcome = { readonly kind: 'well' | 'failed' } | { readonly kind: 'degraded'; readonly places: readonly string[] };

function outcomeOf(answer: RawAnswer | undefined): Outcome {
  if (answer === undefined) return { kind: 'failed' };
  if (answer.status === 200 && answer.json.errors === undefined && !isRefused(answer)) return { kind: 'well' };
  const places = missingPlaces(answer);
  return places.length > 0 ? { kind: 'degraded', places } : { kind: 'failed' };
}

/** What an answer says is missing of it: `extensions.degraded`, or all of it where nothing is left. */
function missingPlaces({ status, body, json }: RawAnswer): readonly string[] {
  const errors = json.errors ?? [];
  // Bytes are no answer of the graph: their status says it.
  if (status === 503 && body === '') return ['(503)'];
  if (errors.length === 0 || !errors.every(({ extensions }) => extensions?.code === 'UNAVAILABLE')) return [];
  const { extensions } = JSON.parse(body) as { readonly extensions?: { readonly degraded?: readonly string[] } };
  return extensions?.degraded ?? (json.data == null ? ['(everything)'] : []);
}

/** A mutation that answered with a member of UserError. */
const isRefused = ({ json }: RawAnswer): boolean =>
  Object.values((json.data ?? {}) as Record<string, unknown>).some(
    (value) => typeof value === 'object' && value !== null && 'code' in value,
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const pad = (value: number | string, width: number): string => String(value).padStart(width);
const at = (ms: readonly number[], part: number): string => percentile(ms, part).toFixed(0);

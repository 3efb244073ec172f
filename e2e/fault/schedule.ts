import { createHash } from 'node:crypto';
import { publishingRules, userStates } from '@plaza/calls/contracts/accounts.calls';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import { relations } from '@plaza/calls/contracts/social.calls';
import type { Mode } from '../plaza-process.js';
import { LOSABLE, type Losable } from './engines.js';
import { Random } from './random.js';

/** How often each is wanted. */
const WISHES = {
  publish: 15,
  edit: 4,
  delete: 4,
  like: 12,
  unlike: 6,
  comment: 9,
  uncomment: 3,
  repost: 6,
  unrepost: 3,
  follow: 6,
  unfollow: 3,
  block: 3,
  unblock: 2,
  say: 18,
  read: 4,
  buy: 14,
  giveBack: 5,
  look: 4,
};
/** `buyInHaste`: as `buy`, by somebody who goes away when it is unclear whether they have paid. No seed draws it: those of before stay as they are. */
export type Wish = Drawn | 'buyInHaste';
type Drawn = keyof typeof WISHES;

/** What somebody wants next; `pick` and `luck` (0 to below 1) say of what and how, as far as there is a choice then. */
export interface Intent {
  readonly wish: Wish;
  readonly pick: number;
  readonly luck: number;
}

/** Steps of buying, publishing and sending at which a process can be ended (packages/kernel/src/failpoint.ts). */
export const STEPS = [
  'checkout.held',
  'outbox.order.changed',
  'payment.at.created',
  'payment.authorized',
  'payment.at.authorized',
  'payment.captured',
  'payment.at.captured',
  'payment.pending',
  'refund.asked',
  'outbox.post.published',
  'outbox.post.liked',
  'outbox.comment.added',
  'outbox.follow.created',
  'transaction.commit',
  'transaction.committed',
  'relay.delivered',
  'inbox.post.published',
  'inbox.post.liked',
  'inbox.comment.added',
  'inbox.follow.created',
  'inbox.order.changed',
  'message.said',
  'delivery.brought',
] as const;

const CALLS = [visiblePosts, relations, existingProducts, userStates, publishingRules].map(({ name }) => `call.${name}`);

/** What goes wrong. `part` names a process of `processes`, a step or a database. */
export type Fault =
  | { readonly what: 'kill at a step' | 'fail at a step'; readonly step: string; readonly before: number }
  | { readonly what: 'slow calls'; readonly step: string; readonly ms: number }
  | { readonly what: 'stop Plaza' | 'roll the processes' | 'kill PostgreSQL alone' | 'a disk that is full' }
  | { readonly what: 'shuffled events'; readonly part: string }
  | { readonly what: 'kill an engine' | 'hang an engine'; readonly part: Losable }
  | { readonly what: 'kill all engines' | 'flush Redis' | 'delete the index' | 'delete the topics' }
  | { readonly what: 'a clock off'; readonly part: string; readonly ms: number }
  | { readonly what: 'kill Plaza' | 'kill PostgreSQL' | 'kill a backend' | 'hang PostgreSQL' | 'hang Plaza' }
  | { readonly what: 'cut the database'; readonly part: string }
  | { readonly what: 'kill a process' | 'hang a process'; readonly part: string }
  | { readonly what: 'slow lines' | 'lost answers' | 'cut lines' }
  | { readonly what: 'repeated events' | 'held lanes'; readonly part: string }
  | { readonly what: 'a poisonous event'; readonly part: string }
  | { readonly what: 'a full disk' }
  | { readonly what: 'clocks off'; readonly ms: number };

/** A fault, when so many intents are done with. */
export type Timed = Fault & { readonly after: number; readonly pick: number };

/** All that a seed determines. What happens at the same time is the machine's. */
export interface Schedule {
  readonly seed: number;
  readonly mode: Mode;
  /** For each person. */
  readonly intents: readonly (readonly Intent[])[];
  readonly faults: readonly Timed[];
  /** Real engines that it stands on; without: none. */
  readonly engines?: readonly Losable[];
  /** So much more of each thing is there to be bought. */
  readonly restock?: number;
}

export const PEOPLE = 6;
const EACH = 11;
export const PARTS = ['accounts', 'social', 'content', 'commerce', 'messaging', 'feed', 'gateway'] as const;
const OWNERS = ['content', 'social', 'commerce', 'accounts'] as const;

/** Those that any seed may have, more than one of them. */
type Kind = Exclude<Fault['what'], OnEngines | ThoughtOfLater>;
type ThoughtOfLater =
  'stop Plaza' | 'roll the processes' | 'a clock off' | 'kill PostgreSQL alone' | 'a disk that is full' | 'shuffled events';
type OnEngines = 'kill an engine' | 'hang an engine' | 'kill all engines' | 'flush Redis' | 'delete the index' | 'delete the topics';

/** One after the other, so that neighbouring seeds try them all. */
const KINDS: readonly Kind[] = [
  'kill Plaza',
  'kill at a step',
  'repeated events',
  'kill PostgreSQL',
  'lost answers',
  'kill at a step',
  'a full disk',
  'kill a process',
  'a poisonous event',
  'kill at a step',
  'kill a backend',
  'held lanes',
  'fail at a step',
  'clocks off',
  'hang PostgreSQL',
  'kill at a step',
  'slow calls',
  'cut the database',
  'hang a process',
  'kill at a step',
  'cut lines',
  'hang Plaza',
  'kill a process',
  'slow lines',
];

/** So many seeds begin with {@link KINDS} in turn; those behind them with {@link LATER}. */
const IN_TURN = 72;

/** Steps that no seed before begins with, and what was thought of later. */
const LATER: readonly { readonly fault: Fault; readonly mode: Mode; readonly wavers?: true }[] = [
  ...STEPS.slice(15).map((step, n) => ({
    fault: { what: 'kill at a step', step, before: 0 } as const,
    mode: n % 2 === 0 ? ('embedded' as const) : ('processes' as const),
  })),
  { fault: { what: 'stop Plaza' }, mode: 'embedded' },
  { fault: { what: 'roll the processes' }, mode: 'processes' },
  { fault: { what: 'a clock off', part: 'commerce', ms: 3_600_000 }, mode: 'processes' },
  { fault: { what: 'a clock off', part: 'feed', ms: -3_600_000 }, mode: 'processes' },
  { fault: { what: 'kill PostgreSQL alone' }, mode: 'embedded' },
  { fault: { what: 'kill PostgreSQL alone' }, mode: 'processes' },
  { fault: { what: 'a disk that is full' }, mode: 'embedded' },
  { fault: { what: 'a disk that is full' }, mode: 'processes' },
  { fault: { what: 'shuffled events', part: 'social' }, mode: 'embedded', wavers: true },
  { fault: { what: 'shuffled events', part: 'social' }, mode: 'processes', wavers: true },
];

/** Somebody does something, undoes it, does it again …: only in the order in which they did is it at the end what it is to be. */
const WAVERING: readonly Wish[] = ['like', 'unlike', 'repost', 'unrepost', 'follow', 'unfollow'];

/** Engines that are lost. People do nothing that needs one: whatever they ask for is answered all the while. */
const LOSSES: readonly { readonly fault: Fault; readonly mode: Mode }[] = [
  { fault: { what: 'kill an engine', part: 'redis' }, mode: 'embedded' },
  { fault: { what: 'flush Redis' }, mode: 'processes' },
  { fault: { what: 'hang an engine', part: 'redis' }, mode: 'processes' },
  { fault: { what: 'kill an engine', part: 'kafka' }, mode: 'processes' },
  { fault: { what: 'hang an engine', part: 'kafka' }, mode: 'embedded' },
  { fault: { what: 'delete the topics' }, mode: 'embedded' },
  { fault: { what: 'kill an engine', part: 'opensearch' }, mode: 'embedded' },
  { fault: { what: 'hang an engine', part: 'opensearch' }, mode: 'processes' },
  { fault: { what: 'delete the index' }, mode: 'embedded' },
  { fault: { what: 'kill an engine', part: 'minio' }, mode: 'embedded' },
  { fault: { what: 'kill all engines' }, mode: 'processes' },
];

/** How many seeds try every way to begin, without an engine; behind them come those that lose one. */
export const SEEDS = IN_TURN + LATER.length;
export const ALL_SEEDS = SEEDS + LOSSES.length;

export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed);
  const intent = (): Intent => ({ wish: random.weighed<Drawn>(WISHES), pick: random.next(), luck: random.next() });
  const intents = Array.from({ length: PEOPLE }, () => Array.from({ length: EACH }, intent));
  const loss = LOSSES[seed - SEEDS - 1];
  if (loss !== undefined) {
    const fault = { ...loss.fault, after: 3 + random.below(12), pick: random.next() };
    return { seed, mode: loss.mode, intents, faults: [fault], engines: enginesOf(loss.fault) };
  }
  const later = seed > IN_TURN ? LATER[(seed - IN_TURN - 1) % LATER.length] : undefined;
  const wavering = (own: readonly Intent[]): readonly Intent[] =>
    own.map((one, n) => ({ ...one, wish: WAVERING[n % WAVERING.length] ?? 'like', pick: 0 }));
  const first = KINDS[(seed - 1) % KINDS.length] ?? 'kill Plaza';
  const isApart = later === undefined ? first === 'kill a process' || first === 'hang a process' : later.mode === 'processes';
  const others = KINDS.filter((kind) => isApart || (kind !== 'kill a process' && kind !== 'hang a process'));
  const kinds = [first, ...Array.from({ length: random.below(3) }, () => random.of(others))];
  const steps =
    Math.floor((seed - 1) / KINDS.length) * 5 + KINDS.slice(0, (seed - 1) % KINDS.length).filter((kind) => kind === first).length;
  const faults = kinds.map((what, n) => ({
    ...(n === 0 && later !== undefined ? later.fault : faultOf(what, random, n === 0 ? steps : random.below(STEPS.length))),
    after: 5 + random.below(PEOPLE * EACH - 20),
    pick: random.next(),
  }));
  return {
    seed,
    mode: later?.mode ?? (isApart || seed % 8 === 0 ? 'processes' : 'embedded'),
    intents: later?.wavers === true ? intents.map(wavering) : intents,
    faults: faults.toSorted((a, b) => a.after - b.after),
  };
}

/** PostgreSQL alone is killed so many times, each time when everybody has done one thing more, more or less. */
export function roundsOf(seed: number, rounds: number): Schedule {
  const random = new Random(seed);
  const intent = (): Intent => ({ wish: random.weighed<Drawn>(WISHES), pick: random.next(), luck: random.next() });
  const kill = (_: unknown, n: number): Timed => ({
    what: 'kill PostgreSQL alone',
    after: n * PEOPLE + 1 + random.below(PEOPLE - 1),
    pick: random.next(),
  });
  const intents = Array.from({ length: PEOPLE }, () => Array.from({ length: rounds + 1 }, intent));
  return { seed, mode: 'embedded', intents, faults: Array.from({ length: rounds }, kill), restock: rounds };
}

function enginesOf(fault: Fault): readonly Losable[] {
  if (fault.what === 'kill an engine' || fault.what === 'hang an engine') return [fault.part];
  if (fault.what === 'flush Redis') return ['redis'];
  if (fault.what === 'delete the index') return ['opensearch'];
  return fault.what === 'delete the topics' ? ['kafka'] : LOSABLE;
}

function faultOf(what: Kind, random: Random, nth: number): Fault {
  switch (what) {
    case 'kill at a step':
      return { what, step: STEPS[nth % STEPS.length] ?? STEPS[0], before: random.below(3) };
    case 'fail at a step':
      return { what, step: random.of(STEPS), before: random.below(3) };
    case 'slow calls':
      return { what, step: random.of(CALLS), ms: random.of([500, 1_500, 3_000]) };
    case 'cut the database':
      return { what, part: random.of(PARTS.slice(0, 6)) };
    case 'kill a process':
    case 'hang a process':
      return { what, part: random.of(PARTS) };
    case 'repeated events':
    case 'held lanes':
      return { what, part: random.of(OWNERS) };
    case 'a poisonous event':
      return { what, part: random.of(['content', 'social']) };
    case 'clocks off':
      return { what, ms: random.of([-3_600_000, 3_600_000]) };
    case 'kill Plaza':
    case 'kill PostgreSQL':
    case 'kill a backend':
    case 'hang PostgreSQL':
    case 'hang Plaza':
    case 'slow lines':
    case 'lost answers':
    case 'cut lines':
    case 'a full disk':
      return { what };
  }
}

/** The same for the same schedule. */
export const printOf = (schedule: Schedule): string => createHash('sha256').update(JSON.stringify(schedule)).digest('hex').slice(0, 12);

export const described = (fault: Timed): string => {
  const { what, after, pick: _pick, ...more } = fault;
  const details = Object.values(more).join(' ');
  return `${what}${details === '' ? '' : ` (${details})`} after ${after}`;
};

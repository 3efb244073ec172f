import type { ViewerClaims } from '@plaza/auth/assertion';
import { inTime } from '@plaza/kernel/in-time';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { type AuthorState, type Sight } from '@plaza/visibility/can-see';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Asker, CallClient } from './call-client.js';
import { MAX_IDS_PER_CALL } from './call-contract.js';
import { userStates } from './contracts/accounts.calls.js';
import { relations } from './contracts/social.calls.js';

/** Where states and relations come from: the owners' stores at home, calls elsewhere. Ids that are unknown are left out of the answers. */
export interface PeopleSource {
  states(userIds: readonly string[], asker: Asker): Promise<ReadonlyMap<string, AuthorState>>;
  relations(viewerId: string, otherIds: readonly string[], asker: Asker): Promise<ReadonlyMap<string, Relation>>;
}

/** Asks accounts and social. */
export function peopleByCalls(calls: CallClient): PeopleSource {
  return {
    async states(userIds, asker) {
      const answers = await inSlices(userIds, (slice) => calls.ask(userStates, { userIds: slice }, asker));
      return new Map(answers.flatMap(({ states }) => states.map(({ userId, state }) => [userId, state] as const)));
    },
    async relations(viewerId, otherIds, asker) {
      const answers = await inSlices(otherIds, (slice) => calls.ask(relations, { userId: viewerId, otherIds: slice }, asker));
      return new Map(answers.flatMap((answer) => answer.relations.map(({ otherId, ...relation }) => [otherId, relation] as const)));
    },
  };
}

async function inSlices<T>(ids: readonly string[], ask: (slice: string[]) => Promise<T>): Promise<readonly T[]> {
  const slices: string[][] = [];
  for (let start = 0; start < ids.length; start += MAX_IDS_PER_CALL) slices.push(ids.slice(start, start + MAX_IDS_PER_CALL));
  return Promise.all(slices.map(ask));
}

/** While accounts answers, a change of state is seen everywhere within this time: the published bound. */
export const STATE_FRESH_MS = 1_000;
/** So long the known goes on when its owner is away; after that the answer is UNAVAILABLE, never "nothing". */
export const DEGRADED_MS = 60_000;

/** Of how many viewers relations are known, and of one of them to how many. */
const VIEWERS = 1_000;
const RELATIONS = 200;
/** Of how many people the state is known. */
const STATES = 50_000;

const countOf = { relations: cacheCount('relations'), states: cacheCount('author_states') };

/** One clock for what is fresh and for what is too old. */
const wallClock = { now: () => Date.now() };

interface ReadState {
  readonly state: AuthorState;
  readonly readAt: number;
}

/** The states that were read last. A page asks for fifty of them four times over: to note each question, as an LRU does, costs more than to answer it. */
class AuthorStates {
  readonly #states = new Map<string, ReadState>();

  get(id: string): ReadState | undefined {
    return this.#states.get(id);
  }

  set(id: string, read: ReadState): void {
    this.#states.delete(id);
    this.#states.set(id, read);
    const [oldest] = this.#states.size > STATES ? this.#states.keys() : [];
    if (oldest !== undefined) this.#states.delete(oldest);
  }

  delete(id: string): void {
    this.#states.delete(id);
  }
}

/**
 * What one process knows of people. Relations are known by (viewer, epoch): a changed relation has another epoch, so nothing needs
 * invalidating. States are asked again after {@link STATE_FRESH_MS}.
 */
export class PeopleCache {
  /** By viewer and epoch; then by the other. */
  readonly relations = new LRUCache<string, Map<string, Relation>>({ max: VIEWERS, ttl: DEGRADED_MS, perf: wallClock });
  readonly states = new AuthorStates();
  /** Questions that are under way, by whom they are about. */
  readonly asking = new Map<string, AskedStates>();

  /** What is known of a viewer's relations, to be added to. */
  relationsOf({ id, epoch }: ViewerClaims): Map<string, Relation> {
    const key = `${id} ${epoch}`;
    let known = this.relations.get(key);
    if (known === undefined || known.size >= RELATIONS) this.relations.set(key, (known = new Map()));
    return known;
  }
}

/** A question to accounts, on its way. */
interface AskedStates {
  readonly askedAt: number;
  readonly answer: Promise<ReadonlyMap<string, AuthorState> | Error>;
}

/** One request's look at people: batched, cached, for the viewer of the request. */
export class People {
  readonly #asker: Asker;
  readonly #cache: PeopleCache;
  readonly #relations: DataLoader<string, Relation>;
  readonly #states: DataLoader<string, AuthorState>;

  constructor(asker: Asker, source: PeopleSource, cache: PeopleCache) {
    this.#asker = asker;
    this.#cache = cache;
    this.#relations = new DataLoader((ids) => loadRelations(ids, asker, source, cache));
    this.#states = new DataLoader((ids) => loadStates(ids, asker, source, cache));
  }

  /** The viewer before one person: input of the rules in packages/visibility. @throws Fault UNAVAILABLE */
  async sight(authorId: string): Promise<Sight> {
    const viewerId = this.#asker.viewer?.id ?? null;
    const [authorState, relation] = await Promise.all([
      this.#states.load(authorId),
      viewerId === null || viewerId === authorId ? STRANGERS : this.#relations.load(authorId),
    ]);
    return { viewerId, authorId, authorState, relation };
  }

  /** {@link sight} of many, by author. */
  async sights(authorIds: Iterable<string>): Promise<ReadonlyMap<string, Sight>> {
    const ids = [...new Set(authorIds)];
    const { viewer } = this.#asker;
    const relations = viewer === null ? undefined : this.#cache.relationsOf(viewer);
    const known = ids.map((id) => [id, this.#known(id, relations)] as const);
    const asked = known.flatMap(([id, sight]) => (sight === undefined ? [this.sight(id)] : []));
    const found = [...known.flatMap(([, sight]) => sight ?? []), ...(await Promise.all(asked))];
    return new Map(found.map((sight) => [sight.authorId, sight]));
  }

  /** What needs no question to anybody: a page's people nearly always, and promises for each would cost more than all else here. */
  #known(authorId: string, relations: ReadonlyMap<string, Relation> | undefined): Sight | undefined {
    const state = this.#cache.states.get(authorId);
    if (state === undefined || state.readAt < Date.now() - STATE_FRESH_MS) return undefined;
    const viewerId = this.#asker.viewer?.id ?? null;
    const isAlone = viewerId === null || viewerId === authorId;
    const relation = isAlone ? STRANGERS : relations?.get(authorId);
    if (relation === undefined) return undefined;
    countOf.states.hits += 1;
    if (!isAlone) countOf.relations.hits += 1;
    return { viewerId, authorId, authorState: state.state, relation };
  }

  /** Forgets what this request knows of a person, after a write that changed it. */
  forget(userId: string): void {
    this.#relations.clear(userId);
    this.#states.clear(userId);
  }
}

/** Each id for itself: what is known goes on while its owner is away, only what is not known fails. */
async function loadRelations(
  ids: readonly string[],
  asker: Asker,
  source: PeopleSource,
  cache: PeopleCache,
): Promise<(Relation | Error)[]> {
  const { viewer } = asker;
  if (viewer === null) return ids.map(() => STRANGERS);
  const known = cache.relationsOf(viewer);
  const missing = ids.filter((id) => !known.has(id));
  countOf.relations.hits += ids.length - missing.length;
  countOf.relations.misses += missing.length;
  if (missing.length === 0) return ids.map((id) => known.get(id) ?? STRANGERS);
  const found = await source.relations(viewer.id, missing, asker).catch(toError);
  if (found instanceof Error) return ids.map((id) => known.get(id) ?? found);
  for (const id of missing) known.set(id, found.get(id) ?? STRANGERS);
  return ids.map((id) => known.get(id) ?? STRANGERS);
}

async function loadStates(
  ids: readonly string[],
  asker: Asker,
  source: PeopleSource,
  cache: PeopleCache,
): Promise<(AuthorState | Error)[]> {
  const now = Date.now();
  const known = new Map<string, AuthorState | Error>();
  const stale: string[] = [];
  for (const id of ids) {
    const cached = cache.states.get(id);
    if (cached !== undefined && cached.readAt >= now - DEGRADED_MS) known.set(id, cached.state);
    if (cached === undefined || cached.readAt < now - STATE_FRESH_MS) stale.push(id);
  }
  countOf.states.hits += ids.length - stale.length;
  countOf.states.misses += stale.length;
  await Promise.all(
    asked(stale, now, asker, source, cache).map(async ([some, { askedAt, answer }]) => {
      const found = await answer;
      for (const id of some) {
        if (found instanceof Error) {
          if (!known.has(id)) known.set(id, found);
          continue;
        }
        // Whom accounts does not know was never there or is erased.
        const state = found.get(id) ?? 'ERASED';
        known.set(id, state);
        cache.states.set(id, { state, readAt: askedAt });
      }
    }),
  );
  return ids.map((id) => known.get(id) ?? 'ERASED');
}

/**
 * Questions whose answers say all that is asked, each with those whom it is asked about here. What others have asked a moment ago is not asked
 * again: an event that reaches a thousand would ask a thousand times for the one who made it. Its answer is as fresh as one that is remembered.
 */
function asked(
  ids: readonly string[],
  now: number,
  asker: Asker,
  source: PeopleSource,
  cache: PeopleCache,
): readonly (readonly [readonly string[], AskedStates])[] {
  const alone: string[] = [];
  const others = new Map<AskedStates, string[]>();
  for (const id of ids) {
    const known = cache.asking.get(id);
    if (known === undefined || known.askedAt < now - STATE_FRESH_MS) alone.push(id);
    else others.set(known, [...(others.get(known) ?? []), id]);
  }
  const shared = [...others].map(([{ askedAt, answer }, some]) => {
    // Theirs may have had less time, or ours has.
    const again = async (): Promise<ReadonlyMap<string, AuthorState> | Error> => source.states(some, asker).catch(toError);
    const heard = asker.deadline === undefined ? answer : inTime(answer, (asker.deadline - Date.now()) / 2, 'accounts').catch(toError);
    return [some, { askedAt, answer: heard.then((found) => (found instanceof Error ? again() : found)) }] as const;
  });
  if (alone.length === 0) return shared;
  const own = { askedAt: now, answer: source.states(alone, asker).catch(toError) };
  for (const id of alone) cache.asking.set(id, own);
  void own.answer.then(() => {
    for (const id of alone) if (cache.asking.get(id) === own) cache.asking.delete(id);
  });
  return [...shared, [alone, own]];
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error('people are unavailable', { cause: error }));

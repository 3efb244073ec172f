import type { CallClient } from '@plaza/calls/call-client';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import type { Keyset, PageRequest } from '@plaza/kernel/page';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { ViewerClaims } from '@plaza/auth/assertion';
import type { FeedConfig } from '../../config.js';
import { belongsInHome } from './home.policy.js';
import type { Candidate, FeedMoment, HomeItem, HomeStore, LookUp, TimelinePage } from './home.store.js';

const DAY_MS = 86_400_000;
/** A reader is noted as seen no more often than this. */
const SEEN_AGAIN_MS = 3_600_000;
/** Looked at beyond what is asked for, in the hope that one round is enough although some are hidden. */
const SPARE = 8;
const SPARE_PART = 0.25;
/** At most so many rounds, each four times as wide as the one before, and so many candidates in one: content's limit. */
const ROUNDS = 5;
const WIDEST = 1_000;

/** A page of a home feed. */
export interface HomePage {
  readonly items: readonly HomeItem[];
  readonly hasNextPage: boolean;
  /** Where the next page begins when it does not begin after the last item: so much was hidden that this page stayed short. */
  readonly resumeAt: Keyset | null;
  /** What the page knows of: where a subscription begins. */
  readonly moment: FeedMoment;
  readonly at: Date;
}

/** On whose behalf and with whose eyes a feed is read. */
export interface HomeReader {
  readonly viewer: ViewerClaims;
  readonly scope: RequestScope;
  readonly people: People;
}

interface Scan {
  readonly moment: FeedMoment;
  readonly candidates: readonly Candidate[];
  /** Whether nothing lies behind the last candidate. */
  readonly isEnd: boolean;
}

/** Answers home feeds: skeleton (timeline or look-up), then the rules of everyone concerned. */
export class HomeService {
  readonly #store: HomeStore;
  readonly #calls: CallClient;
  readonly #config: FeedConfig;
  readonly #clock: Clock;
  readonly #wakeWorker: () => void;

  constructor(store: HomeStore, calls: CallClient, config: FeedConfig, clock: Clock, wakeWorker: () => void) {
    this.#store = store;
    this.#calls = calls;
    this.#config = config;
    this.#clock = clock;
    this.#wakeWorker = wakeWorker;
  }

  /** @throws Fault UNAVAILABLE when content cannot be asked, or when relations are neither known nor to be had: never a wrong or empty feed. */
  async page(reader: HomeReader, { first, after }: PageRequest): Promise<HomePage> {
    const found: Candidate[] = [];
    let position = after;
    let moment: FeedMoment | null = null;
    let isEnd = false;
    let width = Math.min(WIDEST, first + 1 + SPARE + Math.ceil(first * SPARE_PART));
    for (let round = 0; moment === null || (round < ROUNDS && !isEnd && found.length <= first); round += 1) {
      const scan = await this.#scan(reader.viewer.id, position, width);
      found.push(...(await this.#allowed(reader, scan.candidates)));
      moment ??= scan.moment;
      const last = scan.candidates.at(-1);
      if (last !== undefined) position = keysetOf(last);
      isEnd = scan.isEnd;
      width = Math.min(WIDEST, width * 4);
    }
    const isShort = found.length <= first && !isEnd;
    return {
      items: found.slice(0, first),
      hasNextPage: found.length > first || isShort,
      resumeAt: isShort && position !== null ? resumeBefore(position, found.at(-1)) : null,
      moment,
      at: this.#clock.now(),
    };
  }

  /** Whether a post is in somebody's feed as of now, and whether they may see it there. @throws Fault UNAVAILABLE */
  async standingOf(reader: HomeReader, postId: string): Promise<HomeItem | 'GONE' | 'HIDDEN'> {
    const first = await this.#store.firstOf(reader.viewer.id, postId);
    if (first === null) return 'GONE';
    return (await this.#allowed(reader, [first])).length > 0 ? first : 'HIDDEN';
  }

  /** Somebody reads their feed: their timeline and their live log are kept from now on. */
  async read(viewerId: string): Promise<void> {
    const now = this.#clock.now();
    const seenSince = new Date(now.getTime() - this.#config.keepReaderDays * DAY_MS);
    if (await this.#store.isKept(viewerId, seenSince)) return this.#store.seen(viewerId, now);
    await this.#store.orderTimeline(viewerId, now, seenSince);
    this.#wakeWorker();
  }

  async #scan(viewerId: string, before: Keyset | null, width: number): Promise<Scan> {
    const now = this.#clock.now();
    const seenSince = new Date(now.getTime() - this.#config.keepReaderDays * DAY_MS);
    const timeline = await this.#store.timeline(viewerId, before, width, seenSince);
    if (timeline === null) {
      await this.#store.orderTimeline(viewerId, now, seenSince);
      this.#wakeWorker();
      return scanned(await this.#store.lookUp(viewerId, before, width), width);
    }
    if (now.getTime() - timeline.lastSeenAt.getTime() > SEEN_AGAIN_MS) await this.#store.seen(viewerId, now);
    return this.#beyondHorizon(viewerId, before, width, timeline);
  }

  /** What a timeline does not reach is looked up. */
  async #beyondHorizon(
    viewerId: string,
    before: Keyset | null,
    width: number,
    { horizon, moment, candidates }: TimelinePage,
  ): Promise<Scan> {
    const missing = width - candidates.length;
    if (horizon === null || missing === 0) return scanned({ moment, candidates }, width);
    const older = await this.#store.lookUp(viewerId, before === null || isBefore(horizon, before) ? horizon : before, missing);
    return scanned({ moment, candidates: [...candidates, ...older.candidates] }, width);
  }

  async #allowed({ viewer, scope, people }: HomeReader, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const firsts = candidates.filter(({ isFirst }) => isFirst);
    if (firsts.length === 0) return [];
    const [answer, sights] = await Promise.all([
      this.#calls.ask(visiblePosts, { postIds: firsts.map(({ postId }) => postId) }, scope),
      people.sights(firsts.flatMap(({ actorId, authorId }) => [actorId, authorId])),
    ]);
    const visible = new Set(answer.posts.map(({ postId }) => postId));
    return firsts.filter(({ postId, actorId, authorId }) => {
      const actor = sights.get(actorId);
      const author = sights.get(authorId);
      return visible.has(postId) && actor !== undefined && author !== undefined && belongsInHome(viewer.id, actor, author);
    });
  }
}

const keysetOf = ({ at, postId }: HomeItem): Keyset => ({ at, id: postId });

const scanned = ({ moment, candidates }: LookUp, width: number): Scan => ({ moment, candidates, isEnd: candidates.length < width });

/** Whether `one` is the older position. */
const isBefore = (one: Keyset, other: Keyset): boolean =>
  one.at.getTime() === other.at.getTime() ? one.id < other.id : one.at.getTime() < other.at.getTime();

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** A place to go on from that names no hidden post: the last shown one, or the millisecond of the last looked at (which is looked at again). */
function resumeBefore(position: Keyset, lastShown: Candidate | undefined): Keyset {
  if (lastShown !== undefined && lastShown.at.getTime() === position.at.getTime()) return keysetOf(lastShown);
  return { at: new Date(position.at.getTime() + 1), id: LOWEST_ID };
}

import type { Asker, CallClient } from '@plaza/calls/call-client';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import { belongsInLists } from '@plaza/visibility/can-see';
import { primaryLanguage } from '../../language.js';
import { decayed, type TrendKind } from './trend.policy.js';
import type { SubjectKey, TrendRow, TrendStore } from './trend.store.js';

/** So many are looked at, whatever is asked for, in the hope that enough of them may be seen. */
const POOL = 80;

/** Who looks at trends; guests may. */
export interface TrendReader {
  readonly scope: Asker;
  readonly people: People;
}

/** Answers what trends: kept rows, decayed to the moment, without what the viewer may not see. */
export class TrendService {
  readonly #store: TrendStore;
  readonly #calls: CallClient;
  readonly #clock: Clock;

  constructor(store: TrendStore, calls: CallClient, clock: Clock) {
    this.#store = store;
    this.#calls = calls;
    this.#clock = clock;
  }

  /** The strongest first. `language`: what is mostly in it comes first, then what is in none. @throws Fault UNAVAILABLE when an owner is away. */
  async list(reader: TrendReader, kind: TrendKind, first: number, language: string | null): Promise<readonly TrendRow[]> {
    const seen = await this.#seen(reader, this.#asOfNow(await this.#store.top(kind, POOL)));
    return (language === null ? seen : inLanguageFirst(seen, primaryLanguage(language))).slice(0, first);
  }

  /** Null for what does not trend or is hidden. @throws Fault UNAVAILABLE when an owner is away. */
  async one(reader: TrendReader, key: SubjectKey): Promise<TrendRow | null> {
    const row = await this.#store.one(key);
    const [seen] = row === null ? [] : await this.#seen(reader, this.#asOfNow([row]));
    return seen ?? null;
  }

  /** Who took part lately and may be seen, the latest first. */
  async accounts({ people }: TrendReader, { accounts }: TrendRow, first: number): Promise<readonly string[]> {
    const sights = await people.sights(accounts);
    const isSeen = (userId: string): boolean => {
      const sight = sights.get(userId);
      return sight !== undefined && belongsInLists(sight);
    };
    return accounts.filter(isSeen).slice(0, first);
  }

  #asOfNow(rows: readonly TrendRow[]): readonly TrendRow[] {
    const now = this.#clock.now().getTime();
    return rows
      .map((row) => ({ ...row, score: decayed(row.kind, row.score, now - row.updatedAt.getTime()) }))
      .filter(({ score }) => score > 0);
  }

  async #seen(reader: TrendReader, trends: readonly TrendRow[]): Promise<readonly TrendRow[]> {
    const kind = trends[0]?.kind;
    if (kind === undefined) return trends;
    const isSeen = await this.#sightOf(
      reader,
      kind,
      trends.map(({ subject }) => subject),
    );
    return trends.filter(({ subject }) => isSeen.has(subject));
  }

  /** Those of the subjects that may be shown to the viewer unasked. */
  async #sightOf({ scope, people }: TrendReader, kind: TrendKind, subjects: readonly string[]): Promise<ReadonlySet<string>> {
    switch (kind) {
      case 'HASHTAG':
      case 'LINK':
        return new Set(subjects);
      case 'PRODUCT':
        return new Set((await this.#calls.ask(existingProducts, { productIds: [...subjects] }, scope)).productIds);
      case 'USER': {
        const sights = await people.sights(subjects);
        return new Set([...sights.values()].filter(belongsInLists).map(({ authorId }) => authorId));
      }
      case 'POST': {
        const { posts } = await this.#calls.ask(visiblePosts, { postIds: [...subjects] }, scope);
        const sights = await people.sights(posts.map(({ authorId }) => authorId));
        const isListed = (authorId: string): boolean => {
          const sight = sights.get(authorId);
          return sight !== undefined && belongsInLists(sight);
        };
        return new Set(posts.filter(({ authorId, audience }) => audience === 'PUBLIC' && isListed(authorId)).map(({ postId }) => postId));
      }
    }
  }
}

function inLanguageFirst(trends: readonly TrendRow[], language: string): readonly TrendRow[] {
  const rank = (trend: TrendRow): number => (trend.language === language ? 0 : trend.language === null ? 1 : 2);
  return trends.toSorted((a, b) => rank(a) - rank(b));
}

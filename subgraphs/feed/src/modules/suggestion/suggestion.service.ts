import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import { canSeeWorkOf } from '@plaza/visibility/can-see';
import { bearsOut, type Candidate, ranked, type Suggestion, suggestionOf } from './suggestion.policy.js';
import type { SuggestionStore } from './suggestion.store.js';

/** So many candidates are looked at together. */
const BATCH = 60;

export type Dismissal = 'done' | 'missing' | 'oneself';

/** Whom somebody may want to follow: candidates from the copy of the follow graph, then the rules of everyone concerned. */
export class SuggestionService {
  readonly #store: SuggestionStore;
  readonly #clock: Clock;

  constructor(store: SuggestionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** At most `first`, the likeliest first. @throws Fault UNAVAILABLE when relations or states are neither known nor to be had. */
  async suggest(viewerId: string, people: People, first: number): Promise<readonly Suggestion[]> {
    const candidates = ranked(await this.#store.candidates(viewerId, this.#clock.now()));
    const found: Suggestion[] = [];
    for (let start = 0; start < candidates.length && found.length < first; start += BATCH) {
      found.push(...(await this.#seen(candidates.slice(start, start + BATCH), people)));
    }
    return found.slice(0, first);
  }

  /** Never suggests somebody again. */
  async dismiss(viewerId: string, people: People, userId: string): Promise<Dismissal> {
    if (!canSeeWorkOf(await people.sight(userId))) return 'missing';
    if (userId === viewerId) return 'oneself';
    await this.#store.dismiss(viewerId, userId, this.#clock.now());
    return 'done';
  }

  async #seen(candidates: readonly Candidate[], people: People): Promise<readonly Suggestion[]> {
    const sights = await people.sights(candidates.flatMap(({ userId, friends }) => [userId, ...friends]));
    const isSeen = (userId: string): boolean => {
      const sight = sights.get(userId);
      return sight !== undefined && bearsOut(sight);
    };
    return candidates.flatMap((candidate) => {
      const sight = sights.get(candidate.userId);
      return (sight && suggestionOf(candidate, sight, isSeen)) ?? [];
    });
  }
}

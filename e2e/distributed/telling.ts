import { setTimeout as pause } from 'node:timers/promises';
import type { RawAnswer } from '@plaza/testing/people';
import { nth } from '../live/many.js';
import { type Say, seconds } from '../say.js';
import { plays, type Square } from './deeds.js';
import type { Losable } from './engine-loss.js';

/** What an answer is to say while an engine is away. */
interface Sign {
  readonly kind: 'degraded' | 'stale';
  readonly place: string;
  readonly ask: (square: Square) => Promise<RawAnswer>;
}

const PRESENCE = 'query ($id: ID!) { node(id: $id) { ... on User { presence { status } } } }';

const SIGNS: Readonly<Record<Losable, Sign>> = {
  redis: { kind: 'stale', place: 'node.presence', ask: ({ people }) => nth(people, 0).graphql(PRESENCE, { id: nth(people, 0).id }) },
  kafka: { kind: 'stale', place: 'me.homeFeed', ask: ({ people }) => plays(nth(people, 0), 'Home', { first: 5 }) },
  opensearch: { kind: 'degraded', place: 'search', ask: ({ people }) => plays(nth(people, 0), 'Search', { query: 'day', first: 5 }) },
  minio: {
    kind: 'degraded',
    place: 'node.media.url',
    ask: ({ people, pictured }) => plays(nth(people, 0), 'PostThread', { id: pictured }),
  },
};

const LOOK_MS = 500;
/** From then on every answer says it, whichever copy gave it. */
const KNOWN_MS = 15_000;
const QUIET_WITHIN_MS = 120_000;

/** Somebody who goes on asking whether answers say what an engine takes away. */
export class Telling {
  readonly #sign: Sign;
  readonly #square: Square;
  #isOver = false;
  #beganAt = 0;
  #firstAt: number | null = null;
  #asked = 0;
  #unsaid = 0;
  #asking: Promise<void> = Promise.resolve();

  constructor(engine: Losable, square: Square) {
    this.#sign = SIGNS[engine];
    this.#square = square;
  }

  /** The engine has gone. */
  begin(): void {
    this.#beganAt = performance.now();
    this.#asking = this.#ask();
  }

  /** Asks no more. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
  }

  /** The engine is back: waits until answers do not say it any more, and returns what was not as it should be, in words. */
  async ended(say: Say): Promise<string> {
    await this.end();
    const { kind, place } = this.#sign;
    const what = `extensions.${kind} names ${place}`;
    if (this.#firstAt === null) return `never: ${what} (${String(this.#asked)} answers)`;
    say(
      `  ${what} from ${seconds(this.#firstAt - this.#beganAt)} on; after ${seconds(KNOWN_MS)}, ${String(this.#unsaid)} of ${String(this.#asked)} did not`,
    );
    const backAt = performance.now();
    while (await this.#says()) {
      if (performance.now() > backAt + QUIET_WITHIN_MS) return `still: ${what}`;
      await pause(LOOK_MS);
    }
    say(`  and no more, ${seconds(performance.now() - backAt)} after all was there again`);
    return this.#unsaid === 0 ? '' : `${String(this.#unsaid)} answers did not say it: ${what}`;
  }

  async #ask(): Promise<void> {
    for (; !this.#isOver; await pause(LOOK_MS)) {
      const askedAt = performance.now();
      const isSaid = await this.#says().catch(() => false);
      if (isSaid) this.#firstAt ??= performance.now();
      if (askedAt < this.#beganAt + KNOWN_MS) continue;
      this.#asked += 1;
      if (!isSaid) this.#unsaid += 1;
    }
  }

  async #says(): Promise<boolean> {
    const { kind, place, ask } = this.#sign;
    const { body } = await ask(this.#square);
    const { extensions } = JSON.parse(body) as { readonly extensions?: Readonly<Record<string, unknown>> };
    const places = extensions?.[kind];
    return Array.isArray(places) && places.includes(place);
  }
}

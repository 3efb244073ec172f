import type { LiveMark } from '@plaza/calls/subgraph-port';
import { Turnstile } from '@plaza/kernel/turnstile';
import { LRUCache } from 'lru-cache';
import { sharedUpstreams } from '../metrics.js';
import type { Blocks } from './blocks.js';
import { Channel, type Member, type Place, type SharedUpstream } from './channel.js';

/** So long nobody joins after what came was not for everybody, or the upstream failed: each has their own meanwhile. */
const REST_MS = 10_000;

/** What was decided of an event holds for so long: then it is decided again before anybody is told. */
export const DECISION_MS = 5_000;

/**
 * After a restart all clients come back at once, and so do all members of a shared upstream that ends. Opened side by side, each would be late for
 * its deadline, fail, and come again; in a line each is opened in time.
 */
export const OPENED_AT_ONCE = 32;

/** The shared upstreams of this process, by what they have in common. */
export class Channels {
  /** Whoever opens an upstream of their own passes here; a shared one serves many and waits for nobody. */
  readonly openings = new Turnstile(OPENED_AT_ONCE);
  readonly #blocks: Blocks;
  readonly #now: () => number;
  readonly #open = new Map<string, Channel>();
  readonly #resting: LRUCache<string, true>;

  /** `now` is the time that subgraphs decide by, in milliseconds since 1970. */
  constructor(blocks: Blocks, now: () => number, restMs = REST_MS) {
    this.#blocks = blocks;
    this.#now = now;
    this.#resting = new LRUCache({ max: 10_000, ttl: restMs });
  }

  /** Whether what was decided of an event may hold no longer: under load, much may lie between the decision and the telling. */
  readonly isLate = (mark: LiveMark | undefined): boolean => mark?.decidedAt !== undefined && this.#now() - mark.decidedAt > DECISION_MS;

  /** Hands somebody who has everything up to the place to the channel of the key, which is opened if need be. Null: not now. */
  join(key: string, member: Member, place: Place, upstream: SharedUpstream): Channel | null {
    if (this.#resting.has(key)) return null;
    const known = this.#open.get(key) ?? this.#opened(key, place, upstream);
    known.renew(upstream);
    return known.join(member, place) ? known : null;
  }

  #opened(key: string, place: Place, upstream: SharedUpstream): Channel {
    const channel = new Channel(place, upstream, {
      blocks: this.#blocks,
      isLate: this.isLate,
      ended: () => {
        this.#open.delete(key);
        sharedUpstreams.dec();
      },
      unshared: () => void this.#resting.set(key, true),
    });
    sharedUpstreams.inc();
    this.#open.set(key, channel);
    return channel;
  }
}

import type { LiveBus } from '@plaza/live/live-bus';
import { logStream } from '@plaza/live/log-stream';
import { LOOK_AGAIN, postChannel } from '../../posts/post-channel.js';
import type { ActivityPosition } from '../../posts/activity.cursor.js';
import { ActivityEvent, type ActivityLine } from './activity.event.js';
import type { ActivityStore, Liker } from './activity.store.js';
import { LikePace } from './like-pace.js';

/** Where a subscriber begins: after what they have, at the end of the log, or there as well because nobody knows their cursor. */
export type ActivityStart = ActivityPosition | 'now' | 'unknown';

/** So many of the likes that a line stands for are looked at to find one to tell of. */
const LIKERS = 50;

/** What happens under a post, for those who watch: the bare log. Whether a line is told is decided when it is (activity.sight.ts). */
export class ActivityService {
  readonly #store: ActivityStore;
  readonly #bus: LiveBus;

  constructor(store: ActivityStore, bus: LiveBus) {
    this.#store = store;
    this.#bus = bus;
  }

  /** Goes on until the signal, or until an event says that there is no more to see. Whatever happens once this has resolved is told. */
  async follow(postId: string, start: ActivityStart, signal: AbortSignal): Promise<AsyncGenerator<ActivityEvent, void, undefined>> {
    const from = typeof start === 'object' ? start : await this.#end(postId);
    return this.#events(postId, from, start === 'unknown', signal);
  }

  async #end(postId: string): Promise<ActivityPosition> {
    const position = await this.#store.end(postId);
    return { position, likes: position };
  }

  async *#events(
    postId: string,
    from: ActivityPosition,
    isLost: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<ActivityEvent, void, undefined> {
    let { likes } = from;
    for await (const line of this.#lines(postId, from.position, isLost, signal)) {
      const event = new ActivityEvent(postId, line, likes);
      ({ likes } = event);
      yield event;
      if (!event.goesOn()) return;
    }
  }

  /** Whose likes a line may stand for beside its own. */
  likers(postId: string, since: number, upto: number): Promise<readonly Liker[]> {
    return this.#store.likers(postId, since, upto, LIKERS);
  }

  async *#lines(postId: string, start: number, isLost: boolean, signal: AbortSignal): AsyncGenerator<ActivityLine, void, undefined> {
    const pace = new LikePace();
    let mustLook = false;
    const detach = await this.#bus.attach(postChannel(postId), (message) => (mustLook ||= message === LOOK_AGAIN));
    try {
      if (isLost) yield { kind: 'RESYNC', position: start, reason: 'CURSOR_UNKNOWN' };
      // A gap is told and ends the reading; the next one begins behind it.
      for (let position = start; !signal.aborted;) {
        const lines = logStream<number, ActivityLine>({
          bus: this.#bus,
          channels: [postChannel(postId)],
          after: position,
          signal,
          read: async (after, limit) => {
            const rows = await this.#store.after(postId, after, limit);
            if (!mustLook || rows === null) return rows;
            mustLook = false;
            return [{ kind: 'LOOK', position: after }, ...rows];
          },
          gap: async () => ({ kind: 'RESYNC', position: await this.#store.end(postId), reason: 'CURSOR_EXPIRED' }),
          caughtUp: (position) => ({ kind: 'LOOK', position }),
          pace: (line) => (line.kind === 'POST_LIKED' || line.kind === 'POST_UNLIKED' ? pace.of(line) : 'now'),
        });
        for await (const line of lines) {
          ({ position } = line);
          yield line;
        }
      }
    } finally {
      detach();
    }
  }
}

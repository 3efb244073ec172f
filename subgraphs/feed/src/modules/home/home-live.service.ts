import type { Clock } from '@plaza/kernel/clock';
import { Signal } from '@plaza/kernel/signal';
import type { Detach, LiveBus } from '@plaza/live/live-bus';
import { actorChannel, readerChannel } from '../../live-channels.js';
import { behind, type HomePosition } from './home.cursor.js';
import { Gone, HomeEvent, type HomeLine, type ResyncReason } from './home.event.js';
import type { HomeLiveStore, LogLine } from './home-live.store.js';
import type { HomeService } from './home.service.js';

/** Lines that are read at a time. */
const SLICE = 200;
/** A hint may be lost with its bus: so long a log goes unread at most. */
const UNREAD_MS = 30_000;
/** Who watches is here: noted now and then, so that their timeline is kept. */
const SEEN_AGAIN_MS = 3_600_000;
/** The retention of live logs. */
const KEPT_MS = 7 * 86_400_000;
const KEPT_LINES = 10_000;

/** Where a subscriber begins: after what they have, at the present, or there as well because nobody knows their cursor. */
export type HomeStart = HomePosition | 'now' | 'unknown';

/** What happens to home feeds, for those who watch. Whether a line is told is decided when it is. */
export class HomeLiveService {
  readonly #store: HomeLiveStore;
  readonly #home: HomeService;
  readonly #bus: LiveBus;
  readonly #clock: Clock;

  constructor(store: HomeLiveStore, home: HomeService, bus: LiveBus, clock: Clock) {
    this.#store = store;
    this.#home = home;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Goes on until the signal, or until an event could not be looked at. Whatever happens once this has resolved is told. */
  async follow(readerId: string, start: HomeStart, signal: AbortSignal): Promise<AsyncGenerator<HomeEvent, void, undefined>> {
    // From here on their log is written, should it not have been until now.
    await this.#home.read(readerId);
    const from = typeof start === 'object' ? start : await this.#present(readerId);
    return this.#events(readerId, from, start === 'unknown', signal);
  }

  async *#events(readerId: string, from: HomePosition, isLost: boolean, signal: AbortSignal): AsyncGenerator<HomeEvent, void, undefined> {
    const woken = new Signal();
    const wake = (): void => woken.raise();
    let isOtherwise = true;
    signal.addEventListener('abort', wake);
    const detachReader = await this.#bus.attach(readerChannel(readerId), () => {
      isOtherwise = true;
      woken.raise();
    });
    const actors = new Map<string, Detach>();
    const gone = new Gone();
    try {
      let seenAt = this.#clock.now().getTime();
      let position = from;
      let reason = isLost ? 'CURSOR_UNKNOWN' : await this.#lost(readerId, position);
      while (!signal.aborted) {
        if (reason !== null) {
          position = await this.#present(readerId);
          const event = new HomeEvent({ kind: 'RESYNC', reason }, position, gone);
          reason = null;
          yield event;
          event.check();
        }
        if (isOtherwise) {
          isOtherwise = false;
          await this.#attach(readerId, actors, wake);
        }
        const lines = await this.#read(readerId, position);
        if (lines === 'lost') {
          reason = 'CURSOR_EXPIRED';
          continue;
        }
        for (const { line, position: reached } of lines) {
          if (signal.aborted) return;
          position = reached;
          if (line.kind === 'RESYNC') {
            ({ reason } = line);
            break;
          }
          if (!line.wasThere && !line.isThere) continue;
          const event = new HomeEvent(line, { ...reached, at: this.#clock.now() }, gone);
          yield event;
          event.check();
        }
        if (lines.length > 0) continue;
        await woken.wait(UNREAD_MS);
        if (this.#clock.now().getTime() - seenAt <= SEEN_AGAIN_MS) continue;
        seenAt = this.#clock.now().getTime();
        await this.#home.read(readerId);
      }
    } finally {
      signal.removeEventListener('abort', wake);
      detachReader();
      for (const detach of actors.values()) detach();
    }
  }

  async #present(readerId: string): Promise<HomePosition> {
    return behind(await this.#store.moment(readerId), this.#clock.now());
  }

  /** Why nothing is kept from a position on; null when all is. */
  async #lost(readerId: string, { position, at }: HomePosition): Promise<ResyncReason | null> {
    const isOld = this.#clock.now().getTime() - at.getTime() > KEPT_MS;
    return isOld || (await this.#store.isBeyond(readerId, position, KEPT_LINES)) ? 'CURSOR_EXPIRED' : null;
  }

  /** Listens to the channels of those pulled actors whom the reader follows now: before the reading, so that nothing falls between. */
  async #attach(readerId: string, actors: Map<string, Detach>, wake: () => void): Promise<void> {
    const pulled = new Set(await this.#store.pulled(readerId));
    for (const [actorId, detach] of actors) {
      if (pulled.has(actorId)) continue;
      detach();
      actors.delete(actorId);
    }
    for (const actorId of pulled) if (!actors.has(actorId)) actors.set(actorId, await this.#bus.attach(actorChannel(actorId), wake));
  }

  /** The next lines, with what each of them means for the feed. */
  async #read(
    readerId: string,
    from: HomePosition,
  ): Promise<readonly { readonly line: HomeLine; readonly position: HomePosition }[] | 'lost'> {
    const moment = await this.#store.moment(readerId);
    if (moment.generation !== from.generation) return 'lost';
    if (moment.position < from.position) return 'lost';
    const rows = await this.#store.lines(readerId, from.position, from.postId, SLICE);
    if (rows.length === 0) return [];
    let position = from;
    const steps = rows.map((row) => {
      // Tasks are known by numbers: within one, what was known before it counts.
      const upto = row.number === position.position ? position.upto : Math.max(position.upto, position.reached);
      position = { ...from, position: row.number, postId: row.postId, upto, reached: Math.max(upto, row.upto) };
      return { row, position };
    });
    const there = await this.#store.wasThere(
      readerId,
      steps.flatMap(({ row: { postId, number }, position: { upto, reached } }) => [
        { postId, position: number - 1, upto },
        { postId, position: number, upto: reached },
      ]),
    );
    return steps.map(({ row, position: at }, index) => ({
      line: lineOf(row, there[2 * index] ?? false, there[2 * index + 1] ?? false),
      position: at,
    }));
  }
}

function lineOf({ postId, kind }: LogLine, wasThere: boolean, isThere: boolean): HomeLine {
  if (kind === 'RESYNC') return { kind, reason: 'TOO_MUCH_CHANGED' };
  return { kind: 'POST', postId, wasThere, isThere, isEdit: kind === 'EDIT' };
}

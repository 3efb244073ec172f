import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import type { LiveBus } from '@plaza/live/live-bus';
import { logStream } from '@plaza/live/log-stream';
import { z } from 'zod';
import { inboxChannel, passingOf } from '../../inbox/inbox-channel.js';
import type { InboxLine, InboxPosition, PassingEntry } from '../../inbox/inbox-entry.js';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import { InboxEvent } from './inbox.event.js';

const STREAM = 'inbox';
/** What passes by while a slow reader reads is forgotten beyond this. */
const MOST_PASSING = 100;

const number = z.number().int().nonnegative();
const Position = z.object({ entry: number, within: number });

/** Where a subscriber begins: after what they have, at the end of the log, or there as well because nobody knows their cursor. */
export type InboxStart = InboxPosition | 'now' | 'unknown';

/** What happens to a person, for their devices: the bare log. Whether a line is told is decided when it is (src/sights.ts). */
export class InboxService {
  readonly #cursors: SealedCursors;
  readonly #log: InboxLogStore;
  readonly #bus: LiveBus;

  constructor(cursors: SealedCursors, log: InboxLogStore, bus: LiveBus) {
    this.#cursors = cursors;
    this.#log = log;
    this.#bus = bus;
  }

  /** Where somebody is in their inbox: sealed for them, good for nobody else. */
  seal(userId: string, { entry, within }: InboxPosition): string {
    return this.#cursors.seal(STREAM, userId, { entry, within });
  }

  /** Where a cursor stands; null when it is none of theirs. */
  open(userId: string, cursor: string): InboxPosition | null {
    return Position.safeParse(this.#cursors.open(STREAM, userId, cursor)).data ?? null;
  }

  /** Goes on until the signal. Whatever happens once this has resolved is told. */
  async follow(userId: string, start: InboxStart, signal: AbortSignal): Promise<AsyncGenerator<InboxEvent, void, undefined>> {
    const from = typeof start === 'object' ? start : await this.#log.end(userId);
    return this.#events(userId, from, start === 'unknown', signal);
  }

  async *#events(userId: string, from: InboxPosition, isLost: boolean, signal: AbortSignal): AsyncGenerator<InboxEvent, void, undefined> {
    for await (const line of this.#lines(userId, from, isLost, signal)) {
      const event = new InboxEvent(line);
      yield event;
      event.check();
    }
  }

  async *#lines(userId: string, from: InboxPosition, isLost: boolean, signal: AbortSignal): AsyncGenerator<InboxLine, void, undefined> {
    const channel = inboxChannel(userId);
    let passing: PassingEntry[] = [];
    const detach = await this.#bus.attach(channel, (message) => {
      const entry = passingOf(message);
      if (entry !== null && passing.length < MOST_PASSING) passing.push(entry);
    });
    try {
      let position = from;
      if (isLost) yield { kind: 'RESYNC', position, reason: 'CURSOR_UNKNOWN' };
      // A gap is told and ends the reading; the next one begins behind it.
      while (!signal.aborted) {
        const lines = logStream<InboxPosition, InboxLine>({
          bus: this.#bus,
          channels: [channel],
          after: position,
          signal,
          read: async (after, limit) => {
            const entries = await this.#log.after(userId, after, limit);
            if (entries === null || entries.length === limit) return entries;
            const at = entries.at(-1)?.position ?? after;
            const passed = passing.map((entry) => ({ ...entry, position: at }));
            passing = [];
            return [...entries, ...passed].slice(0, limit - 1);
          },
          gap: async () => ({ kind: 'RESYNC', position: await this.#log.end(userId), reason: 'CURSOR_EXPIRED' }),
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

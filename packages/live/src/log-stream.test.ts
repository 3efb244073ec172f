import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InProcessBus } from './in-process-bus.js';
import { logStream } from './log-stream.js';

interface Line {
  readonly position: number;
}

/** A log in memory whose readings take a turn, as a database's do. */
class Log {
  readonly bus = new InProcessBus();
  readonly lines: Line[] = [];
  readonly ended = new AbortController();
  kept = 0;

  write(): void {
    this.lines.push({ position: this.lines.length + 1 });
    this.bus.publish('log', '');
  }

  follow(after: number): AsyncGenerator<Line, void, undefined> {
    return logStream<number, Line>({
      bus: this.bus,
      channels: ['log'],
      after,
      signal: this.ended.signal,
      read: async (position, limit) => {
        await pause(0);
        return position < this.kept ? null : this.lines.filter((line) => line.position > position).slice(0, limit);
      },
      gap: () => Promise.resolve({ position: -1 }),
    });
  }
}

async function take(stream: AsyncGenerator<Line, void, undefined>, count: number): Promise<number[]> {
  const positions: number[] = [];
  while (positions.length < count) {
    const { done, value } = await stream.next();
    if (done === true) break;
    positions.push(value.position);
  }
  return positions;
}

describe('a log that is followed', () => {
  it('brings what was there after the position, then what comes, each once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(20), fc.array(fc.nat(3), { maxLength: 30 }), async (before, skipped, pauses) => {
        const log = new Log();
        for (let i = 0; i < before; i += 1) log.write();
        const after = Math.min(before, skipped);
        const reading = take(log.follow(after), before - after + pauses.length);
        for (const turns of pauses) {
          for (let i = 0; i < turns; i += 1) await pause(0);
          log.write();
        }
        const total = before + pauses.length;
        expect(await reading).toEqual(Array.from({ length: total - after }, (_, i) => after + i + 1));
        log.ended.abort();
      }),
      { numRuns: 30 },
    );
  });

  it('says once that all that was there has been read, and where the reader is', async () => {
    const log = new Log();
    for (let i = 0; i < 3; i += 1) log.write();
    const stream = logStream<number, Line>({
      bus: log.bus,
      channels: ['log'],
      after: 1,
      signal: log.ended.signal,
      read: async (position, limit) => log.lines.filter((line) => line.position > position).slice(0, limit),
      caughtUp: (position) => ({ position: position * 100 }),
    });

    expect(await take(stream, 3)).toEqual([2, 3, 300]);
    const next = take(stream, 1);
    log.write();
    expect(await next).toEqual([4]);
    log.ended.abort();
  });

  it('reads on where something else came beside all that it asked for', async () => {
    const log = new Log();
    for (let i = 0; i < 450; i += 1) log.write();
    const stream = logStream<number, Line>({
      bus: log.bus,
      channels: ['log'],
      after: 0,
      signal: log.ended.signal,
      read: async (position, limit) => [{ position }, ...log.lines.filter((line) => line.position > position).slice(0, limit)],
    });

    const taken = await take(stream, 453);
    expect([...new Set(taken)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 451 }, (_, n) => n));
    log.ended.abort();
  });

  it('leaves out and holds back as the pace says, and nothing overtakes what is held', async () => {
    const log = new Log();
    for (let i = 0; i < 5; i += 1) log.write();
    let held = 0;
    const stream = logStream<number, Line>({
      bus: log.bus,
      channels: ['log'],
      after: 0,
      signal: log.ended.signal,
      read: async (position, limit) => log.lines.filter((line) => line.position > position).slice(0, limit),
      caughtUp: (position) => ({ position: position * 100 }),
      pace: ({ position }) => {
        if (position === 2) return 'never';
        return position === 4 && held++ < 2 ? { inMs: 5 } : 'now';
      },
    });

    expect(await take(stream, 5)).toEqual([1, 3, 4, 5, 500]);
    expect(held).toBe(3);
    log.ended.abort();
  });

  it('ends when its reader leaves, also while nothing happens, and lets go of the bus', async () => {
    const log = new Log();
    const waiting = log.follow(0).next();
    await pause(5);
    expect(log.bus.channels).toBe(1);

    log.ended.abort();

    expect((await waiting).done).toBe(true);
    expect(log.bus.channels).toBe(0);
  });

  it('says once that there is a gap when so far back nothing is kept, and ends', async () => {
    const log = new Log();
    for (let i = 0; i < 5; i += 1) log.write();
    log.kept = 3;

    expect(await take(log.follow(1), 10)).toEqual([-1]);
  });

  it('lets go of the bus when a reading fails', async () => {
    const { bus, ended } = new Log();
    const stream = logStream<number, Line>({
      bus,
      channels: ['log'],
      after: 0,
      signal: ended.signal,
      read: () => Promise.reject(new Error('no database')),
    });

    await expect(stream.next()).rejects.toThrow('no database');
    expect(bus.channels).toBe(0);
  });
});

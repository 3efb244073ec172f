import { beforeEach, describe, expect, it } from 'vitest';
import { OLDEST_MS, StaleReads } from './stale-reads.js';
import { InProcessWriteMarks, type WriteMarks } from './write-marks.js';

describe('who may read from a replica', () => {
  let now = 0;
  const log = { primary: 100, replica: 100, asked: 0 };
  const positions = {
    primary: async () => {
      log.asked += 1;
      return log.primary;
    },
    replica: async () => {
      log.asked += 1;
      return log.replica;
    },
  };
  const open = (marks: WriteMarks = new InProcessWriteMarks(() => now)): StaleReads => new StaleReads(positions, marks, () => now);

  beforeEach(() => {
    now = 0;
    Object.assign(log, { primary: 100, replica: 100, asked: 0 });
  });

  it('is everybody, as long as it has what the primary had ten seconds ago', async () => {
    const reads = open();
    expect(await reads.mayRead('anna')).toBe(true);
    expect(await reads.mayRead(null)).toBe(true);
    log.primary = 200;
    for (let second = 0; second < OLDEST_MS; second += 1_000) {
      expect(await reads.mayRead(null), `after ${second} ms`).toBe(true);
      now += 1_000;
    }
    now += 1;
    expect(await reads.mayRead(null)).toBe(false);
    log.replica = 200;
    now += 100;
    expect(await reads.mayRead(null)).toBe(true);
  });

  it('is not who has written what it lacks, and is again when it has that', async () => {
    const reads = open();
    expect(await reads.mayRead('anna')).toBe(true);
    log.primary = 150;
    await reads.wrote('anna');
    expect(await reads.mayRead('anna')).toBe(false);
    expect(await reads.mayRead('binh')).toBe(true);
    log.replica = 150;
    now += 100;
    expect(await reads.mayRead('anna')).toBe(true);
  });

  it('is who has written through another process of the subgraph, when it has that', async () => {
    const marks = new InProcessWriteMarks(() => now);
    const [here, there] = [open(marks), open(marks)];
    expect(await there.mayRead('anna')).toBe(true);
    log.primary = 150;
    await here.wrote('anna');
    expect(await there.mayRead('anna')).toBe(false);
  });

  it('is nobody of whom it cannot be told what they wrote', async () => {
    const reads = open({ note: async () => undefined, of: async () => 'unknown', close: () => undefined });
    expect(await reads.mayRead('anna')).toBe(false);
    expect(await reads.mayRead(null)).toBe(true);
  });

  it('is nobody while a server does not answer', async () => {
    const reads = new StaleReads({ ...positions, replica: () => Promise.reject(new Error('away')) }, new InProcessWriteMarks(), () => now);
    expect(await reads.mayRead(null)).toBe(false);
  });

  it('is asked of the servers once a second, not at each read', async () => {
    const reads = open();
    for (let i = 0; i < 100; i += 1) await reads.mayRead('anna');
    expect(log.asked).toBe(2);
  });
});

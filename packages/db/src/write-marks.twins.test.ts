import { randomUUID } from 'node:crypto';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterAll, describe, expect, it } from 'vitest';
import { RedisWriteMarks } from './redis-write-marks.js';
import { InProcessWriteMarks, MARKS_KEPT_MS, type WriteMarks } from './write-marks.js';

/** What all marks do: an adapter joins by a call with those of two processes (in one process both are the same). */
function writeMarksContract(title: string, open: () => Promise<readonly [WriteMarks, WriteMarks]>): void {
  describe(`how far somebody's writes reach, ${title}`, () => {
    it('is known to both processes, of each person by themselves', async () => {
      const [here, there] = await open();
      await here.note('anna', 7_000_000_000_001);
      expect(await there.of('anna')).toBe(7_000_000_000_001);
      expect(await there.of('binh')).toBeNull();
    });

    it('never goes back, in whatever order it is told', async () => {
      const [here, there] = await open();
      await here.note('anna', 20);
      await there.note('anna', 10);
      expect(await here.of('anna')).toBe(20);
      await there.note('anna', 100);
      expect(await here.of('anna')).toBe(100);
    });
  });
}

writeMarksContract('in one process', async () => {
  const marks = new InProcessWriteMarks();
  return [marks, marks];
});

describe('marks in one process', () => {
  it('are forgotten when no replica that is read may lack what they stand for', async () => {
    let now = 0;
    const marks = new InProcessWriteMarks(() => now);
    await marks.note('anna', 1);
    now += MARKS_KEPT_MS - 1;
    expect(await marks.of('anna')).toBe(1);
    now += 1;
    expect(await marks.of('anna')).toBeNull();
  });
});

engineTwin('by Redis', 'REDIS_URL', (url) => {
  const opened: RedisWriteMarks[] = [];
  afterAll(() => opened.forEach((marks) => marks.close()));
  const pair = async (settleMs: number): Promise<readonly [RedisWriteMarks, RedisWriteMarks]> => {
    const prefix = `test:${randomUUID()}:`;
    const both = [new RedisWriteMarks({ url, prefix, settleMs }), new RedisWriteMarks({ url, prefix, settleMs })] as const;
    opened.push(...both);
    await Promise.all(both.map(async (marks) => marks.ready(50_000)));
    return both;
  };

  writeMarksContract('by Redis', async () => pair(0));

  it('are unknown in a Redis that may have forgotten them', async () => {
    const [here] = await pair(3_600_000);
    expect(await here.of('anna')).toBe('unknown');
  });
});

describe('marks in a Redis that is not there', () => {
  it('are unknown, and it is said that none was taken down', async () => {
    const marks = new RedisWriteMarks({ url: 'redis://127.0.0.1:1', prefix: 'test:' });
    expect(await marks.of('anna')).toBe('unknown');
    await expect(marks.note('anna', 1)).rejects.toThrow();
    marks.close();
  });
});

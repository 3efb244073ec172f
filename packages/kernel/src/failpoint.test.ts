import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'plaza-failpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function inAProcess(variable: string | undefined) {
  vi.resetModules();
  vi.stubEnv('PLAZA_FAILPOINTS', variable);
  const module = await import('./failpoint.js');
  vi.unstubAllEnvs();
  return module;
}
const ask = (step: string, what: string): void => writeFileSync(join(folder, step), what);

describe('a failpoint', () => {
  beforeEach(() => readdirSync(folder).forEach((name) => rmSync(join(folder, name))));

  it('is nothing where no folder is named', async () => {
    const { failpoint, clockOffset } = await inAProcess(undefined);
    expect(failpoint('somewhere')).toBeUndefined();
    expect(clockOffset()).toBe(0);
  });

  it('lets pass what nobody asked for', async () => {
    const { failpoint } = await inAProcess(folder);
    await expect(failpoint('somewhere')).resolves.toBeUndefined();
  });

  it('fails so many times, after so many passages, and never again', async () => {
    const { failpoint } = await inAProcess(folder);
    ask('somewhere', 'fail 1 2');
    await failpoint('somewhere');
    await expect(failpoint('somewhere')).rejects.toThrow('somewhere');
    await expect(failpoint('somewhere')).rejects.toThrow('somewhere');
    await failpoint('somewhere');
    expect(readdirSync(folder)).toEqual(['somewhere.done', 'somewhere.struck']);
  });

  it('knows what a full disk looks like', async () => {
    const { failpoint } = await inAProcess(folder);
    ask('somewhere', 'full');
    await expect(failpoint('somewhere')).rejects.toMatchObject({ code: '53100' });
  });

  it('turns round a list in which a key stands twice, and no other', async () => {
    const { shuffled } = await inAProcess(folder);
    const [one, two, again] = [{ key: 'a' }, { key: 'b' }, { key: 'a' }];
    ask('somewhere', 'shuffle');
    expect(await shuffled('somewhere', [one, two])).toEqual([one, two]);
    expect(await shuffled('somewhere', [one, two, again])).toEqual([again, two, one]);
    expect(await shuffled('somewhere', [one, two, again])).toEqual([one, two, again]);
  });

  it('sets clocks off', async () => {
    const { clockOffset } = await inAProcess(folder);
    ask('clock', '-3600000');
    expect(clockOffset()).toBe(-3_600_000);
  });

  it('sets the clock of one program off', async () => {
    const { clockOffset } = await inAProcess(folder);
    ask('clock', `5000 ${process.argv[1] ?? ''}`);
    expect(clockOffset()).toBe(5_000);
    ask('clock', '5000 subgraphs/nobody/src/main.js');
    expect(clockOffset()).toBe(0);
  });
});

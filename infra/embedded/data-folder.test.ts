import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { openInternalSecret } from './internal-secret.js';

let home: string;
const stamp = async (dir: string): Promise<unknown> => JSON.parse(await readFile(join(dir, 'plaza.json'), 'utf8'));

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plaza-folder-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('a data folder', () => {
  it('is made where there is none, for its owner only, and carries the version that made it', async () => {
    const dir = join(home, 'deep', 'data');
    const folder = await openDataFolder(dir);

    expect(folder.demo).toBeUndefined();
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(await stamp(dir)).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/u), createdAt: expect.any(String) });
  });

  it('knows at the next start whether it holds the demo', async () => {
    await (await openDataFolder(home)).complete(true);

    expect((await openDataFolder(home)).demo).toBe(true);
  });

  it('counts as undecided while its first start has not come to its end', async () => {
    await openDataFolder(home);

    expect((await openDataFolder(home)).demo).toBeUndefined();
  });

  it('of an older version is taken, and stamped anew once it is complete', async () => {
    await writeFile(join(home, 'plaza.json'), JSON.stringify({ version: '0.0.1', createdAt: '2026-01-01T00:00:00.000Z', demo: false }));
    const folder = await openDataFolder(home);
    expect(await stamp(home)).toMatchObject({ version: '0.0.1' });
    await folder.complete(false);

    expect(await stamp(home)).toMatchObject({ version: expect.not.stringMatching('0.0.1'), createdAt: '2026-01-01T00:00:00.000Z' });
  });

  it('of a newer version is refused and left as it is', async () => {
    const newer = JSON.stringify({ version: '99.0.0', createdAt: '2026-01-01T00:00:00.000Z' });
    await writeFile(join(home, 'plaza.json'), newer);

    await expect(openDataFolder(home)).rejects.toThrow('was written by Plaza 99.0.0, which is newer');
    expect(await readdir(home)).toEqual(['plaza.json']);
    expect(await readFile(join(home, 'plaza.json'), 'utf8')).toBe(newer);
  });

  it('is not made out of a folder that holds something else', async () => {
    await writeFile(join(home, 'thesis.doc'), 'mine');

    await expect(openDataFolder(home)).rejects.toThrow('is not a data folder of Plaza: it holds thesis.doc');
    expect(await readdir(home)).toEqual(['thesis.doc']);
  });

  it('is not made out of a file', async () => {
    await writeFile(join(home, 'file'), '');

    await expect(openDataFolder(join(home, 'file'))).rejects.toThrow('cannot be used as data folder (ENOTDIR)');
  });

  it.runIf(process.platform === 'linux')('is not made where no folder can be', async () => {
    await expect(openDataFolder('/proc/plaza/data')).rejects.toThrow('/proc/plaza/data cannot be used as data folder (ENOENT)');
  });

  it('with a broken stamp is refused', async () => {
    await writeFile(join(home, 'plaza.json'), '{"version":');

    await expect(openDataFolder(home)).rejects.toThrow('cannot be read as the stamp of a data folder');
  });

  it.skipIf(userInfo().uid === 0)('that cannot be written is refused', async () => {
    const dir = join(home, 'closed');
    await mkdir(dir);
    await chmod(dir, 0o500);

    await expect(openDataFolder(dir)).rejects.toThrow('cannot be written (EACCES)');
  });
});

describe('the internal secret', () => {
  const file = () => join(home, 'secrets', 'internal-secret');

  it('is made at the first start for its owner only, and kept', async () => {
    const first = await openInternalSecret(home, undefined);

    expect(first.bytes).toHaveLength(32);
    expect(await openInternalSecret(home, undefined)).toEqual(first);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('is the same for two starts at one moment', async () => {
    const [one, two] = await Promise.all([openInternalSecret(home, undefined), openInternalSecret(home, undefined)]);

    expect(one).toEqual(two);
  });

  it('in a file that the environment names wins, and nothing is written for it', async () => {
    await writeFile(join(home, 'mine'), `${'01'.repeat(32)}\n`);
    const given = await openInternalSecret(home, join(home, 'mine'));

    expect(Buffer.from(given.bytes).toString('hex')).toBe('01'.repeat(32));
    expect(await readdir(home)).toEqual(['mine']);
  });

  it('in a file that holds something else is refused', async () => {
    await writeFile(join(home, 'mine'), 'hush');

    await expect(openInternalSecret(home, join(home, 'mine'))).rejects.toThrow('must be a file with 64 hexadecimal digits');
  });
});

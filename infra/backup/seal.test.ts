import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BackupError } from './manifest.js';
import { openKey, sealFolder, unsealFolder } from './seal.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plaza-seal-'));
  await writeFile(join(dir, 'internal-secret'), 'not for everybody');
});
afterEach(async () => rm(dir, { recursive: true, force: true }));

const keyFile = () => `${dir}.key`;
afterEach(async () => rm(keyFile(), { force: true }));

it('brings the secrets back with the key, readable by their owner alone', async () => {
  const { bytes, count } = await sealFolder(dir, await openKey(keyFile(), true));
  const back = join(dir, 'back');
  await unsealFolder(bytes, await openKey(keyFile(), false), back);

  expect(count).toBe(1);
  expect(bytes.includes('not for everybody')).toBe(false);
  expect(await readFile(join(back, 'internal-secret'), 'utf8')).toBe('not for everybody');
  expect((await stat(join(back, 'internal-secret'))).mode & 0o777).toBe(0o600);
  expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
});

it('does not open with another key, nor when a byte is another one', async () => {
  const key = await openKey(keyFile(), true);
  const { bytes } = await sealFolder(dir, key);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);

  await expect(unsealFolder(bytes, key, join(dir, 'back'))).rejects.toThrow(BackupError);
  await expect(unsealFolder((await sealFolder(dir, key)).bytes, Buffer.alloc(32), join(dir, 'back'))).rejects.toThrow(BackupError);
});

it('makes a key once and never writes over one', async () => {
  expect(await openKey(keyFile(), true)).toEqual(await openKey(keyFile(), true));
  await writeFile(keyFile(), 'something else');
  await expect(openKey(keyFile(), true)).rejects.toThrow(BackupError);
});

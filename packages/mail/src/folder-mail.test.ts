import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aMail, describeMail, FROM } from './contract.suite.js';
import { FolderMail } from './folder-mail.js';

const base = await mkdtemp(join(tmpdir(), 'plaza-mail-'));
afterAll(() => rm(base, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(base, String((folders += 1)), 'mail');

async function allOf(folder: FolderMail): Promise<readonly Buffer[]> {
  const found = await Promise.all((await folder.list()).map((name) => folder.read(name)));
  return found.flatMap((bytes) => (bytes === null ? [] : [bytes]));
}

describe('mail in a folder', () => {
  describeMail(async () => {
    const mail = new FolderMail(newFolder(), FROM);
    return { mail, arrived: () => allOf(mail), close: () => mail.close() };
  });

  it('is one file a mail, also when it is sent twice, and only its owner may read it', async () => {
    const dir = newFolder();
    const folder = new FolderMail(dir, FROM);
    const mail = aMail({ messageId: '<0190f3e2-0000-7000-8000-000000000001@example.org>' });
    await Promise.all([folder.send(mail), folder.send(mail)]);

    expect(await readdir(dir)).toEqual(['0190f3e2-0000-7000-8000-000000000001.eml']);
    expect((await stat(join(dir, '0190f3e2-0000-7000-8000-000000000001.eml'))).mode & 0o777).toBe(0o600);
  });

  it('stays in its folder, whatever a Message-ID or a name says', async () => {
    const dir = newFolder();
    const folder = new FolderMail(dir, FROM);
    await folder.send(aMail({ messageId: '<../../escaped@example.org>' }));

    expect((await readdir(dir))[0]).toMatch(/^[0-9a-f]{64}\.eml$/u);
    for (const name of ['../x', '..', '', 'a/b', 'nobody']) expect(await folder.read(name)).toBeNull();
  });

  it('is empty where nothing was sent', async () => {
    const folder = new FolderMail(newFolder(), FROM);
    expect(await folder.list()).toEqual([]);
    expect(await folder.read('nothing')).toBeNull();
  });
});

import { join } from 'node:path';
import { FolderMail } from '@plaza/mail/folder-mail';
import PostalMime, { type Email } from 'postal-mime';
import { vi } from 'vitest';
import type { AccountsUnderTest } from './accounts-under-test.js';

const PATIENCE = { timeout: 15_000, interval: 15 };

/** What people find in their mailboxes: the mails of the folder. */
export function mailboxesOf(accounts: Pick<AccountsUnderTest, 'dataDir' | 'sql'>) {
  const folder = new FolderMail(join(accounts.dataDir, 'mail'), 'not used');

  /** Every mail to an address, the newest first. */
  async function all(email: string): Promise<readonly Email[]> {
    const bytes = await Promise.all((await folder.list()).map((name) => folder.read(name)));
    const mails = await Promise.all(bytes.flatMap((one) => (one === null ? [] : [PostalMime.parse(new Uint8Array(one))])));
    return mails.filter(({ to }) => to?.some(({ address }) => address === email));
  }

  /** Resolves when everything that is owed has gone out. */
  const settled = (): Promise<void> =>
    vi.waitFor(async () => {
      const [owed] = await accounts.sql<{ count: number }>`
        SELECT (SELECT count(*) FROM outgoing_mail WHERE ended_at IS NULL) + (SELECT count(*) FROM reset_request) AS count`;
      if (owed?.count !== 0) throw new Error('mail is owed still');
    }, PATIENCE);

  return {
    settled,
    /** The mails to an address when everything is there. */
    async of(email: string): Promise<readonly Email[]> {
      await settled();
      return all(email);
    },
    /** The token of the newest mail to an address whose link leads to that page. */
    async token(email: string, page: string): Promise<string> {
      await settled();
      for (const { text = '' } of await all(email)) {
        const found = new RegExp(`/accounts/${page}\\?token=([\\w-]{43})(?=\\s)`, 'u').exec(text)?.[1];
        if (found !== undefined) return found;
      }
      throw new Error(`no mail to ${email} leads to ${page}`);
    },
  };
}

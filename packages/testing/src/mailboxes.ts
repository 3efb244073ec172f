import { join } from 'node:path';
import type { Sql } from '@plaza/db/sql';
import { FolderMail } from '@plaza/mail/folder-mail';
import PostalMime, { type Email } from 'postal-mime';
import { vi } from 'vitest';

const PATIENCE = { timeout: 30_000, interval: 20 };

/** What people find in their mailboxes: the mails of a data folder, once all that accounts owes has gone out. `sql`: accounts' tables. */
export class Mailboxes {
  readonly #folder: FolderMail;
  readonly #sql: Sql;

  constructor(dataDir: string, sql: Sql) {
    this.#folder = new FolderMail(join(dataDir, 'mail'), 'nobody sends here');
    this.#sql = sql;
  }

  /** Resolves when everything that is owed has gone out. */
  settled(): Promise<void> {
    return vi.waitFor(async () => {
      const sql = this.#sql;
      const [owed] = await sql<{ count: number }>`
        SELECT (SELECT count(*) FROM outgoing_mail WHERE ended_at IS NULL) + (SELECT count(*) FROM reset_request) AS count`;
      if (owed?.count !== 0) throw new Error('mail is owed still');
    }, PATIENCE);
  }

  /** The mails to an address, the newest first. */
  async of(email: string): Promise<readonly Email[]> {
    await this.settled();
    const bytes = await Promise.all((await this.#folder.list()).map((name) => this.#folder.read(name)));
    const mails = await Promise.all(bytes.flatMap((one) => (one === null ? [] : [PostalMime.parse(new Uint8Array(one))])));
    return mails.filter(({ to }) => to?.some(({ address }) => address === email));
  }

  /** The newest link to an address that leads to that page. @throws Error when there is none. */
  async link(email: string, page: string): Promise<URL> {
    for (const { text = '' } of await this.of(email)) {
      const found = new RegExp(`https?://\\S+/${page}\\?token=[\\w-]+`, 'u').exec(text)?.[0];
      if (found !== undefined) return new URL(found);
    }
    throw new Error(`no mail to ${email} leads to ${page}`);
  }

  /** The token of that link. */
  async token(email: string, page: string): Promise<string> {
    return (await this.link(email, page)).searchParams.get('token') ?? '';
  }
}

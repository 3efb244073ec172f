import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Delivery, Mail, MailPort } from './mail.js';
import { bytesOf } from './message.js';

const SUFFIX = '.eml';
const PLAIN_NAME = /^[\w-]{1,100}$/u;

/**
 * Keeps mail as files (RFC 5322) instead of sending it, one a Message-ID: what is sent again takes its own place. Each is there as a whole or not at
 * all, and only its owner may read it (0600).
 */
export class FolderMail implements MailPort {
  readonly #dir: string;
  readonly #from: string;

  /** The folder is made when the first mail comes. */
  constructor(dir: string, from: string) {
    this.#dir = dir;
    this.#from = from;
  }

  async send(mail: Mail): Promise<Delivery> {
    const bytes = await bytesOf(mail, this.#from);
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const draft = join(this.#dir, `.${randomUUID()}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(this.#dir, nameOf(mail.messageId)));
    } finally {
      await rm(draft, { force: true });
    }
    return { kind: 'taken' };
  }

  async close(): Promise<void> {}

  /** The names of all mails, the newest first where Message-IDs begin with a UUID of version 7. */
  async list(): Promise<readonly string[]> {
    const files = await readdir(this.#dir).catch(whereNothingIs([]));
    return files
      .filter((file) => !file.startsWith('.') && file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length))
      .toSorted()
      .toReversed();
  }

  /** The bytes of one mail; null for a name that `list` does not have. */
  async read(name: string): Promise<Buffer | null> {
    return PLAIN_NAME.test(name) ? readFile(join(this.#dir, `${name}${SUFFIX}`)).catch(whereNothingIs(null)) : null;
  }
}

/** Ours begin with the mail's own id; whatever else a Message-ID holds is not for a file system. */
function nameOf(messageId: string): string {
  const id = /^<([^@<>]+)@[^@<>]+>$/u.exec(messageId)?.[1] ?? '';
  return `${PLAIN_NAME.test(id) ? id : createHash('sha256').update(messageId).digest('hex')}${SUFFIX}`;
}

const whereNothingIs =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  };

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import pg, { type Connection, type Submittable } from 'pg';

/** Which server, and between which places in its log the copy was made: started from, it is as the server was at `end`. */
export interface BaseBackup {
  readonly begin: string;
  readonly end: string;
  /** `server_version`, such as 18.4. */
  readonly version: string;
}

/**
 * A copy of a whole server while it is in use, as a tar, by PostgreSQL's replication protocol: what `pg_basebackup` does, which npm's PostgreSQL does
 * not bring. With the log that it needs in it, so it starts by itself. All its databases are as they were at one moment.
 * @param url of any database there, as a role with REPLICATION that `pg_hba.conf` lets in for it
 * @param to is written and ended
 * @throws Error what the server says; of a server with tablespaces of its own, which are not copied
 */
export async function baseBackup(url: string, to: Writable): Promise<BaseBackup> {
  // The driver has the option, its types do not.
  const options = { connectionString: url, application_name: 'plaza-backup', replication: 'true' };
  const client = new pg.Client(options);
  client.on('error', () => undefined); // the copy fails by itself
  await client.connect();
  const copy = new Copy(to);
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    client.query(copy);
    const { begin, end } = await copy.done;
    to.end();
    await once(to, 'close');
    return { begin, end, version: rows[0]?.server_version.split(' ')[0] ?? '' };
  } catch (cause) {
    to.destroy();
    copy.abandon();
    throw cause;
  } finally {
    await client.end();
  }
}

/** At once, not spread over minutes; and not before the log that belongs to it is in it. */
const COMMAND = `BASE_BACKUP (LABEL 'plaza', CHECKPOINT 'fast', WAL true, MANIFEST 'no')`;
/** The first byte of each piece: which archive begins, a part of it, how far it is. */
const [ARCHIVE, DATA] = ['n', 'd'].map((letter) => letter.charCodeAt(0));

interface Places {
  readonly begin: string;
  readonly end: string;
}

/** As the driver calls a query: by these names. */
class Copy implements Submittable {
  readonly done: Promise<Places>;
  readonly #to: Writable;
  #connection: Connection | undefined;
  #resolve: (places: Places) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;
  /** The places of begin and end come as rows before and after the archives; between them a row for each tablespace. */
  readonly #rows: (readonly (Buffer | string | null)[])[] = [];
  #archives = 0;
  #isWaiting = false;

  constructor(to: Writable) {
    this.#to = to;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => undefined); // who waits for it is told
    to.once('error', (cause) => this.#reject(cause));
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(COMMAND);
  }

  /** What the server still sends is not waited for. */
  abandon(): void {
    this.#connection?.stream.destroy();
  }

  handleRowDescription(): void {}
  handleCommandComplete(): void {}

  handleDataRow(message: { readonly fields: readonly (Buffer | string | null)[] }): void {
    this.#rows.push(message.fields);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }, connection: Connection): void {
    if (chunk[0] === ARCHIVE) this.#archives += 1;
    if (chunk[0] !== DATA || this.#to.destroyed) return;
    // The driver's own piece is written over by the next one.
    if (this.#to.write(Buffer.from(chunk.subarray(1))) || this.#isWaiting) return;
    // What the driver has read already still comes.
    this.#isWaiting = true;
    connection.stream.pause();
    this.#to.once('drain', () => {
      this.#isWaiting = false;
      connection.stream.resume();
    });
  }

  handleError(cause: Error): void {
    this.#reject(cause);
  }

  handleReadyForQuery(): void {
    const [begin, end] = [this.#rows[0]?.[0], this.#rows.at(-1)?.[0]];
    if (this.#archives !== 1) this.#reject(new Error('the server has tablespaces of its own, which are not copied'));
    else this.#resolve({ begin: String(begin), end: String(end) });
  }
}

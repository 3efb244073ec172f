import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.js';
import { lock, tryLock } from './lock.js';

/** So long the database waits for a holder of this suite. */
const IDLE_MS = 3_000;
const prisma = () => ({ $disconnect: async () => undefined });

/** What a process of its own does: `add` adds so often under the lock; `hold` says so when it has written, and commits when it is told to. */
const PROGRAM = `
import { openDatabase } from ${JSON.stringify(new URL('database.ts', import.meta.url).href)};
import { lock } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
const [url, idleMs] = process.argv.slice(-2);
const database = openDatabase({ url, idleMs: Number(idleMs), prisma: () => ({ $disconnect: async () => undefined }) });
const told = () => new Promise((resolve) => process.once('message', resolve));
const write = (wait) => database.transaction(async (tx) => {
  await lock(tx, 'the thing');
  const [{ count }] = await tx.sql\`SELECT count FROM thing\`;
  await tx.sql\`UPDATE thing SET writer = 'holder'\`;
  await wait();
  await tx.sql\`UPDATE thing SET count = \${count + 1}\`;
});
process.on('disconnect', () => process.exit());
process.send('there');
for (;;) {
  const work = await told();
  if (work === 'hold') {
    await write(async () => {
      const go = told();
      process.send('has it');
      await go;
    }).then(() => process.send('written'), () => process.send('refused'));
  } else {
    for (let n = 0; n < Number(work); n += 1) await write(async () => undefined);
    process.send('added');
  }
}`;

/** Another process on the same database. */
class Other {
  readonly #url: string;
  #child: ChildProcess | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async start(): Promise<void> {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM, this.#url, String(IDLE_MS)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await this.says('there');
  }

  /** Waits for its next word. */
  async says(word: string): Promise<void> {
    const [said]: unknown[] = await once(this.#running, 'message');
    if (said !== word) throw new Error(`it says ${String(said)}, and not ${word}`);
  }

  /** Tells it what to do, and waits for what it says then. */
  async does(work: string, until: string): Promise<void> {
    const said = this.says(until);
    this.#running.send(work);
    await said;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#running.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#running;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.#child = null;
  }

  async end(): Promise<void> {
    if (this.#child !== null) await this.kill();
  }

  get #running(): ChildProcess {
    if (this.#child === null) throw new Error('it does not run');
    return this.#child;
  }
}

/** What holds of a lock on any PostgreSQL. `make`: an empty database, and what takes it away. */
export function lockContract(where: string, make: () => Promise<{ readonly url: string; readonly drop: () => Promise<void> }>): void {
  describe(`what one alone may have, ${where}`, () => {
    let ground: Awaited<ReturnType<typeof make>>;
    let database: Database<unknown>;
    let others: readonly [Other, Other];

    beforeAll(async () => {
      ground = await make();
      database = openDatabase({ url: ground.url, prisma, idleMs: IDLE_MS });
      await database.sql`CREATE TABLE thing (count int NOT NULL, writer text NOT NULL)`;
      await database.sql`INSERT INTO thing VALUES (0, '')`;
      others = [new Other(ground.url), new Other(ground.url)];
    });
    beforeEach(async () => {
      await database.sql`UPDATE thing SET count = 0, writer = ''`;
      await Promise.all(others.map((other) => other.start()));
    });
    afterEach(() => Promise.all(others.map((other) => other.end())));
    afterAll(async () => {
      await database.close();
      await ground.drop();
    });

    const thing = async (): Promise<unknown> => (await database.sql`SELECT count, writer FROM thing`)[0];
    const write = (writer: string): Promise<void> =>
      database.transaction(async (tx) => {
        await lock(tx, 'the thing');
        await tx.sql`UPDATE thing SET count = count + 1, writer = ${writer}`;
      });
    const isFree = (name: string): Promise<boolean> => database.transaction((tx) => tryLock(tx, name));

    it('is one process’s at a time', async () => {
      await Promise.all(others.map((other) => other.does('50', 'added')));
      expect(await thing()).toEqual({ count: 100, writer: 'holder' });
    });

    it('is refused to whoever does not wait, and is theirs when its holder is through', async () => {
      const [holder] = others;
      await holder.does('hold', 'has it');
      expect([await isFree('the thing'), await isFree('another')]).toEqual([false, true]);
      await holder.does('go on', 'written');
      expect(await isFree('the thing')).toBe(true);
      expect(await thing()).toEqual({ count: 1, writer: 'holder' });
    });

    it('is lost by one who is killed, with all that was written under it', async () => {
      const [holder] = others;
      await holder.does('hold', 'has it');
      await holder.kill();
      await write('the next');
      expect(await thing()).toEqual({ count: 1, writer: 'the next' });
    });

    it('is lost by one who is stopped for longer than anybody waits; going on, they write nothing', async () => {
      const [holder, next] = others;
      await holder.does('hold', 'has it');
      holder.signal('SIGSTOP');
      await write('the next');
      await next.does('1', 'added');
      holder.signal('SIGCONT');
      await holder.does('go on', 'refused');
      expect(await thing()).toEqual({ count: 2, writer: 'holder' });
      // They are as good as anybody from then on.
      await holder.does('1', 'added');
      expect(await thing()).toEqual({ count: 3, writer: 'holder' });
    });
  });
}

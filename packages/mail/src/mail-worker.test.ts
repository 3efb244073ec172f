import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { createLogger } from '@plaza/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Delivery, Mail } from './mail.js';
import { MailQueue } from './mail-queue.js';
import { type ComposeMail, MAX_ATTEMPTS, MailWorker, pauseAfter } from './mail-worker.js';

let databases: TestDatabases<'accounts'>;
let database: Database<unknown>;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  database = openDatabase({ url: databases.urls.accounts, prisma: () => ({ $disconnect: async () => {} }) });
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const PATIENCE = { timeout: 15_000, interval: 10 };
const words: ComposeMail = async ({ userId }) => ({ to: 'anna@example.org', subject: 'Hello', text: userId });
const soon = async (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, PATIENCE);

/** Something that a test says when it wants to. */
class Signalled<T> {
  resolve: (value: T) => void = () => {};
  reject: (reason: Error) => void = () => {};
  readonly promise = new Promise<T>((resolve, reject) => Object.assign(this, { resolve, reject }));
}

/** A worker with a clock of its own, and a way out that does what the test says. */
function open(send: (mail: Mail, attempt: number) => Promise<Delivery>, compose: ComposeMail = words) {
  const time = { now: Date.parse('2026-11-21T12:00:00Z') };
  const sent: Mail[] = [];
  const logged: string[] = [];
  const logger = createLogger('silent', 'test');
  vi.spyOn(logger, 'warn').mockImplementation((...words: unknown[]) => void logged.push(JSON.stringify(words)));
  const worker = new MailWorker({
    database,
    mail: {
      async send(mail) {
        sent.push(mail);
        return send(mail, sent.length);
      },
      close: async () => {},
    },
    compose,
    clock: { now: () => new Date(time.now) },
    logger,
    domain: 'plaza.test',
  });
  const queue = new MailQueue(() => worker.wake());
  return {
    worker,
    sent,
    logged,
    time,
    owe: (at = new Date(time.now)) => database.transaction((tx) => queue.add(tx, { userId: newId(), kind: 'HELLO', at })),
    queue,
  };
}

async function stateOf(
  id: string,
): Promise<{ readonly attempts: number; readonly outcome: string | null; readonly dueAt: Date } | undefined> {
  const [row] = await database.sql<{ attempts: number; outcome: string | null; dueAt: Date }>`
    SELECT attempts, outcome, due_at AS "dueAt" FROM outgoing_mail WHERE id = ${id}`;
  return row;
}

describe('a mail that is owed', () => {
  it('goes out under a Message-ID of its own once its transaction is committed', async () => {
    const post = open(async () => ({ kind: 'taken' }));
    const id = await post.owe();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: 1, outcome: 'SENT' }));
    await post.worker.stop();
    expect(post.sent.map(({ messageId }) => messageId)).toEqual([`<${id}@plaza.test>`]);
  });

  it('is not owed when its transaction fails', async () => {
    const post = open(async () => ({ kind: 'taken' }));
    let id = '';
    const failed = database.transaction(async (tx) => {
      id = await post.queue.add(tx, { userId: newId(), kind: 'HELLO', at: new Date(post.time.now) });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    const after = await post.owe();
    await soon(async () => expect(await stateOf(after)).toMatchObject({ outcome: 'SENT' }));
    await post.worker.stop();
    expect(await stateOf(id)).toBeUndefined();
    expect(post.sent).toHaveLength(1);
  });

  it('is tried again later and later under the same Message-ID until it goes', async () => {
    const post = open(async (_mail, attempt) => {
      if (attempt < 4) throw new Error('451 busy');
      return { kind: 'taken' };
    });
    const id = await post.owe();
    for (let attempt = 1; attempt < 4; attempt += 1) {
      const due = new Date(post.time.now + pauseAfter(attempt));
      await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: attempt, outcome: null, dueAt: due }));
      post.time.now = due.getTime();
      post.worker.wake();
    }
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: 4, outcome: 'SENT' }));
    await post.worker.stop();
    expect(new Set(post.sent.map(({ messageId }) => messageId)).size).toBe(1);
    expect(post.logged).toEqual([]);
  });

  it('is given up after so many attempts, with the reason in the log', async () => {
    const post = open(async () => {
      throw new Error('nobody is there');
    });
    const id = await post.owe();
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      const due = new Date(post.time.now + pauseAfter(attempt));
      await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: attempt, dueAt: due }));
      post.time.now = due.getTime();
      post.worker.wake();
    }
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: MAX_ATTEMPTS, outcome: 'GIVEN_UP' }));
    await post.worker.stop();
    expect(post.logged).toHaveLength(1);
    expect(post.logged[0]).toContain('nobody is there');
    expect(post.logged[0]).not.toContain('anna@example.org');
  });

  it('is given up at once when it is refused for good', async () => {
    const post = open(async () => ({ kind: 'refused', reason: '550 no such mailbox' }));
    const id = await post.owe();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: 1, outcome: 'GIVEN_UP' }));
    await post.worker.stop();
    expect(post.logged[0]).toContain('550 no such mailbox');
  });

  it('is dropped when there is nothing to say any more', async () => {
    const post = open(
      async () => ({ kind: 'taken' }),
      async () => null,
    );
    const id = await post.owe();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ outcome: 'DROPPED' }));
    await post.worker.stop();
    expect(post.sent).toEqual([]);
  });

  it('waits for its words like for its way', async () => {
    let asked = 0;
    const post = open(
      async () => ({ kind: 'taken' }),
      async (job) => {
        asked += 1;
        if (asked === 1) throw new Error('accounts is unavailable');
        return words(job);
      },
    );
    const id = await post.owe();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: 1, outcome: null }));
    await soon(async () => expect((await stateOf(id))?.dueAt.getTime()).toBe(post.time.now + pauseAfter(1)));
    post.time.now += pauseAfter(1);
    post.worker.wake();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ outcome: 'SENT' }));
    await post.worker.stop();
  });

  it('is sent again by another when its sender died before it said so', async () => {
    const post = open(async () => ({ kind: 'taken' }));
    const id = await post.owe();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ outcome: 'SENT' }));
    // As a process leaves it that was killed between the two.
    await database.sql`UPDATE outgoing_mail SET ended_at = NULL, outcome = NULL WHERE id = ${id}`;
    post.time.now += 3_600_000;
    post.worker.wake();
    await soon(async () => expect(await stateOf(id)).toMatchObject({ attempts: 2, outcome: 'SENT' }));
    await post.worker.stop();
    expect(post.sent.map(({ messageId }) => messageId)).toEqual([`<${id}@plaza.test>`, `<${id}@plaza.test>`]);
  });

  it.each<readonly [string, Delivery | Error]>([
    ['was refused', { kind: 'refused', reason: '550 no such mailbox' }],
    ['did not get through', new Error('451 busy')],
  ])('is another’s after a while, whatever its sender says who %s long after', async (_what, answer) => {
    const [answers, others] = [new Signalled<Delivery>(), new Signalled<Delivery>()];
    const [slow, next] = [open(() => answers.promise), open(() => others.promise)];
    const id = await slow.owe();
    slow.worker.wake();
    await soon(() => expect([...slow.sent, ...next.sent]).toHaveLength(1));
    const [holder, other] = slow.sent.length > 0 ? [slow, next] : [next, slow];
    const [late, taken] = holder === slow ? [answers, others] : [others, answers];
    other.time.now += 3_600_000;
    other.worker.wake();
    await soon(() => expect(other.sent).toHaveLength(1));
    const before = await stateOf(id);
    if (answer instanceof Error) late.reject(answer);
    else late.resolve(answer);
    await holder.worker.stop();
    expect(await stateOf(id)).toEqual(before);
    taken.resolve({ kind: 'taken' });
    await other.worker.stop();
    expect(await stateOf(id)).toMatchObject({ attempts: 2, outcome: 'SENT' });
    expect(holder.logged).toEqual([]);
  });

  it('goes out once though several look for it', async () => {
    const posts = Array.from({ length: 3 }, () => open(async () => ({ kind: 'taken' })));
    const ids = (await Promise.all(posts.map((post) => Promise.all(Array.from({ length: 10 }, () => post.owe()))))).flat();
    await soon(async () => {
      for (const id of ids) expect(await stateOf(id)).toMatchObject({ outcome: 'SENT' });
    });
    await Promise.all(posts.map(({ worker }) => worker.stop()));
    const sent = posts.flatMap((post) => post.sent.map(({ messageId }) => messageId));
    expect(sent).toHaveLength(30);
    expect(new Set(sent).size).toBe(30);
  });

  it('is not sent before its time', async () => {
    const post = open(async () => ({ kind: 'taken' }));
    const later = await post.owe(new Date(post.time.now + 60_000));
    const now = await post.owe();
    await soon(async () => expect(await stateOf(now)).toMatchObject({ outcome: 'SENT' }));
    expect(await stateOf(later)).toMatchObject({ attempts: 0 });
    post.time.now += 60_000;
    post.worker.wake();
    await soon(async () => expect(await stateOf(later)).toMatchObject({ outcome: 'SENT' }));
    await post.worker.stop();
  });
});

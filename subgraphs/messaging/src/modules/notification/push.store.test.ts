import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PushStore } from './push.store.js';

let databases: TestDatabases<'messaging'>;
let database: Database<unknown>;
beforeAll(async () => {
  databases = await createDatabases(['messaging']);
  database = openDatabase({ url: databases.urls.messaging, prisma: () => ({ $disconnect: async () => {} }) });
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22) + seconds * 1_000);

it('leaves a message to whoever took it last: who had it before neither puts it off nor takes it away', async () => {
  const pushes = new PushStore(database);
  await database.transaction((tx) => pushes.add(tx, [{ userId: newId(), channel: 'PUSH', notificationId: newId() }], at(0)));
  const [before] = await pushes.takeDue(at(0), at(60), 10);
  expect(await pushes.takeDue(at(59), at(120), 10)).toEqual([]);
  const [now] = await pushes.takeDue(at(60), at(120), 10);
  if (before === undefined || now === undefined) throw new Error('nothing was due');
  expect(now.attempt).toBeGreaterThan(before.attempt);

  await pushes.postpone(before, at(61));
  await pushes.remove(before);
  expect(await pushes.takeDue(at(119), at(180), 10)).toEqual([]);
  await pushes.postpone(now, at(90));
  expect(await pushes.takeDue(at(90), at(180), 10)).toHaveLength(1);
});

import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { gatewayAt, TEST_SECRET, testHost, viewerClaims } from '@plaza/testing/subgraph-door';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMessaging } from '../../server.js';

let databases: TestDatabases<'messaging'>;
let messaging: RunningSubgraph;
let tables: Client;

beforeAll(async () => {
  databases = await createDatabases(['messaging']);
  messaging = await startMessaging(testHost('messaging', databases.urls.messaging, '/nowhere'));
  tables = new Client({ connectionString: databases.urls.messaging });
  await tables.connect();
});

afterAll(async () => {
  await tables.end();
  await messaging.stop();
  await databases.drop();
});

const INBOX = `query($of: [_Any!]!) { _entities(representations: $of) { ... on Viewer { id inboxCursor unreadMessageCount unreadNotificationCount } } }`;

async function inbox(askerId: string | null, ofId: string): Promise<Record<string, unknown> | null> {
  const of = [{ __typename: 'Viewer', id: toTypeId('viewer', ofId) }];
  const { data } = await gatewayAt(messaging)(INBOX, { of }, askerId === null ? null : viewerClaims(askerId));
  return (data?.['_entities'] as readonly (Record<string, unknown> | null)[] | undefined)?.[0] ?? null;
}

describe('the inbox of a viewer', () => {
  it('is empty for somebody new', async () => {
    const id = newId();
    expect(await inbox(id, id)).toMatchObject({ id: toTypeId('viewer', id), unreadMessageCount: 0, unreadNotificationCount: 0 });
  });

  it('counts what was said and not read, but not where it is muted', async () => {
    const id = newId();
    await tables.query(
      `INSERT INTO conversation_member (user_id, conversation_id, last_seq, read_seq, is_muted)
       VALUES ($1, gen_random_uuid(), 7, 5, false), ($1, gen_random_uuid(), 3, 3, false), ($1, gen_random_uuid(), 9, 0, true)`,
      [id],
    );
    await tables.query(
      `INSERT INTO notification (id, user_id, kind, subject_type, subject_id, cause_count, created_at, last_at, read_at)
       VALUES (gen_random_uuid(), $1, 'ORDER', 'ORDER', $1, 1, now(), now(), NULL), (gen_random_uuid(), $1, 'LIKE', 'POST', $1, 1, now(), now(), now())`,
      [id],
    );

    expect(await inbox(id, id)).toMatchObject({ unreadMessageCount: 2, unreadNotificationCount: 1 });
  });

  it('gives a cursor that only its viewer can use', async () => {
    const id = newId();
    await tables.query('INSERT INTO inbox_log (user_id, last_seq) VALUES ($1, 12)', [id]);
    const cursor = String((await inbox(id, id))?.['inboxCursor']);
    const cursors = new SealedCursors(TEST_SECRET);

    expect(cursors.open('inbox', id, cursor)).toEqual({ entry: 12, within: 0 });
    expect(cursors.open('inbox', newId(), cursor)).toBeNull();
  });

  it('is nobody else’s to see, whatever the representation says', async () => {
    const id = newId();
    expect(await inbox(newId(), id)).toBeNull();
    expect(await inbox(null, id)).toBeNull();
  });

  it('cannot hold more read than was said', async () => {
    const insert = tables.query('INSERT INTO conversation_member (user_id, conversation_id, last_seq, read_seq) VALUES ($1, $1, 1, 2)', [
      newId(),
    ]);
    await expect(insert).rejects.toThrow('conversation_member_read_seq_check');
  });
});

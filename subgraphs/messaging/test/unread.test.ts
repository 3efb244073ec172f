import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Change, planDelivery, type Reader } from '../src/delivery/delivery-plan.js';
import { DeliveryStore } from '../src/delivery/delivery.store.js';
import { MembershipStore } from '../src/modules/conversation/membership.store.js';

let databases: TestDatabases<'messaging'>;
let database: Database<unknown>;
beforeAll(async () => {
  databases = await createDatabases(['messaging']);
  database = openDatabase({ url: databases.urls.messaging, poolSize: 2, prisma: () => ({ $disconnect: async () => {} }) });
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const PEOPLE = 4;
const CONVERSATIONS = 3;
const OPERATIONS = 500;
const HISTORIES = 20;

/** Somebody says something, deletes what was said for everybody, or reads up to a place: `at` is a share of what is there. */
interface Operation {
  readonly kind: 'say' | 'delete' | 'read';
  readonly who: number;
  readonly where: number;
  readonly at: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('say', 'say', 'say', 'delete', 'read'),
  who: fc.nat(PEOPLE - 1),
  where: fc.nat(CONVERSATIONS - 1),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** What a conversation is, remembered as plainly as can be. */
class Model {
  readonly id = newId();
  readonly people: readonly string[];
  readonly messages: { readonly senderId: string; isDeleted: boolean }[] = [];
  readonly read = new Map<string, number>();
  /** What has happened and is not delivered. */
  changes: Change[] = [];
  #position = 0;

  constructor(people: readonly string[]) {
    this.people = people;
  }

  get readers(): readonly Reader[] {
    return this.people.map((userId) => ({ conversationId: this.id, userId, sinceSeq: 0, leftSeq: null, isRequest: false }));
  }

  change(kind: 'MESSAGE_ADDED' | 'MESSAGE_DELETED', seq: number, actorId: string): void {
    this.#position += 1;
    this.changes.push({ conversationId: this.id, position: this.#position, kind, seq, actorId, thingId: null, createdAt: new Date() });
  }

  /** A recount: what others have said after what was read, and what is not deleted. */
  unread(userId: string): number {
    const read = this.read.get(userId) ?? 0;
    return this.messages.filter(({ senderId, isDeleted }, index) => index >= read && senderId !== userId && !isDeleted).length;
  }
}

const store = new DeliveryStore();

async function deliver(models: readonly Model[]): Promise<void> {
  const plans = models.map(({ changes, readers }) => planDelivery(changes, readers));
  await database.transaction(async (tx) => {
    await store.arrive(
      tx,
      plans.flatMap(({ arrivals }) => arrivals),
    );
    await store.passOver(
      tx,
      plans.flatMap(({ uncounted }) => uncounted),
    );
  });
  for (const model of models) model.changes = [];
}

it('what is unread equals a recount after 10,000 random operations, whenever it is looked at and whenever things arrive', async () => {
  const memberships = new MembershipStore(database);
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS }), async (operations) => {
      const people = Array.from({ length: PEOPLE }, newId);
      const models = Array.from({ length: CONVERSATIONS }, () => new Model(people));
      for (const [index, { kind, who, where, at }] of operations.entries()) {
        const [model, userId] = [models[where]!, people[who]!];
        const seq = Math.ceil(at * model.messages.length);
        const message = model.messages[seq - 1];
        if (kind === 'say') {
          model.messages.push({ senderId: userId, isDeleted: false });
          model.change('MESSAGE_ADDED', model.messages.length, userId);
        } else if (message !== undefined && kind === 'delete') {
          if (!message.isDeleted) model.change('MESSAGE_DELETED', seq, userId);
          message.isDeleted = true;
        } else if (message !== undefined && kind === 'read' && index % 10 === 0) {
          // It may be of something that has not arrived.
          await database.transaction(async (tx) => memberships.read(tx, userId, model.id, seq));
          model.read.set(userId, Math.max(seq, model.read.get(userId) ?? 0));
        }
        if (index % 100 === 99) {
          await deliver(models);
          for (const id of people) {
            const found = new Map(
              (
                await memberships.of(
                  id,
                  models.map((one) => one.id),
                )
              ).map((row) => [row.conversationId, row.unread]),
            );
            expect(models.map((one) => found.get(one.id) ?? 0)).toEqual(models.map((one) => one.unread(id)));
          }
        }
      }
    }),
    { numRuns: HISTORIES, endOnFailure: true },
  );
}, 120_000);

import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@plaza/kernel/id';
import { unavailable } from '@plaza/kernel/fault';
import type { AuthorState } from '@plaza/visibility/can-see';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asker } from './call-client.js';
import { People, PeopleCache, type PeopleSource } from './people.js';

const viewerId = newId();
const author = newId();
const follows: Relation = { ...STRANGERS, isFollowing: true };

/** Accounts and social, with a switch each. */
class Owners implements PeopleSource {
  readonly known = new Map<string, AuthorState>([[author, 'ACTIVE']]);
  readonly related = new Map<string, Relation>([[author, follows]]);
  readonly asked: string[] = [];
  accountsIsAway = false;
  socialIsAway = false;

  async states(ids: readonly string[]): Promise<ReadonlyMap<string, AuthorState>> {
    this.asked.push(`states ${ids.length}`);
    if (this.accountsIsAway) throw unavailable('accounts');
    return new Map([...this.known].filter(([id]) => ids.includes(id)));
  }

  async relations(_viewerId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Relation>> {
    this.asked.push(`relations ${ids.length}`);
    if (this.socialIsAway) throw unavailable('social');
    return new Map([...this.related].filter(([id]) => ids.includes(id)));
  }
}

let owners: Owners;
let cache: PeopleCache;
const asker = (epoch = 1, id: string | null = viewerId): Asker => ({
  viewer: id === null ? null : { id, sessionId: newId(), epoch, scopes: [] },
  requestId: newId(),
});
const request = (epoch = 1): People => new People(asker(epoch), owners, cache);

/** The cache reads its clock once a millisecond, by a timer that is real. */
async function later(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await pause(5);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  owners = new Owners();
  cache = new PeopleCache();
});
afterEach(() => vi.useRealTimers());

describe('people', () => {
  it('are asked for in one call each, however many there are', async () => {
    const ids = Array.from({ length: 50 }, () => newId());
    for (const id of ids) owners.known.set(id, 'ACTIVE');
    const sights = await request().sights([...ids, author, author]);

    expect(sights.get(author)).toEqual({ viewerId, authorId: author, authorState: 'ACTIVE', relation: follows });
    expect(owners.asked.toSorted()).toEqual(['relations 51', 'states 51']);
  });

  it('whom accounts does not know are erased', async () => {
    expect(await request().sight(newId())).toMatchObject({ authorState: 'ERASED' });
  });

  it('have no relation to a guest or to themselves, and nobody is asked', async () => {
    await new People(asker(1, null), owners, cache).sight(author);
    await new People(asker(1, author), owners, cache).sight(author);

    expect(owners.asked.filter((call) => call.startsWith('relations'))).toEqual([]);
  });

  it('are remembered between requests of one epoch, and asked for again in the next', async () => {
    await request(1).sight(author);
    await request(1).sight(author);
    expect(owners.asked.filter((call) => call.startsWith('relations'))).toHaveLength(1);
    owners.related.set(author, { ...STRANGERS, isBlockedBy: true });

    expect((await request(1).sight(author)).relation).toEqual(follows);
    expect((await request(2).sight(author)).relation.isBlockedBy).toBe(true);
  });

  it('change their state everywhere within a second', async () => {
    await request().sight(author);
    owners.known.set(author, 'SUSPENDED');
    await later(1_001);

    expect(await request().sight(author)).toMatchObject({ authorState: 'SUSPENDED' });
  });

  it('are asked about once by all who want to know at the same moment', async () => {
    const sights = await Promise.all(Array.from({ length: 100 }, async () => new People(asker(1, newId()), owners, cache).sight(author)));

    expect(new Set(sights.map(({ authorState }) => authorState))).toEqual(new Set(['ACTIVE']));
    expect(owners.asked.filter((call) => call.startsWith('states'))).toHaveLength(1);
  });

  it('are asked about again by whoever was given the failure of another, and by the next', async () => {
    owners.accountsIsAway = true;
    const failures = await Promise.allSettled([request().sight(author), request().sight(author)]);
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(owners.asked.filter((call) => call.startsWith('states'))).toHaveLength(2);
    owners.accountsIsAway = false;

    expect(await request().sight(author)).toMatchObject({ authorState: 'ACTIVE' });
  });

  it('are forgotten by a request that has just changed them', async () => {
    const people = request();
    await people.sight(author);
    people.forget(author);
    await people.sight(author);

    expect(owners.asked.filter((call) => call.startsWith('states'))).toHaveLength(1);
  });
});

describe('while accounts is away', () => {
  it('known states go on, for a minute', async () => {
    await request().sight(author);
    owners.accountsIsAway = true;
    await later(50_000);
    expect(await request().sight(author)).toMatchObject({ authorState: 'ACTIVE' });
    await later(11_000);
    await expect(request().sight(author)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('somebody unknown is unavailable, never erased, and nobody else is the worse for it', async () => {
    await request().sight(author);
    owners.accountsIsAway = true;
    await later(2_000);
    const people = request();
    const [known, unknown] = await Promise.allSettled([people.sight(author), people.sight(newId())]);

    expect(known).toMatchObject({ status: 'fulfilled', value: { authorState: 'ACTIVE' } });
    expect(unknown).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
  });
});

describe('while social is away', () => {
  it('known relations of the same epoch go on, others are unavailable, never strangers', async () => {
    await request(1).sight(author);
    owners.socialIsAway = true;
    const other = newId();
    owners.known.set(other, 'ACTIVE');
    const people = request(1);
    const [known, unknown] = await Promise.allSettled([people.sight(author), people.sight(other)]);

    expect(known).toMatchObject({ status: 'fulfilled', value: { relation: follows } });
    expect(unknown).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    await expect(request(2).sight(author)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('a failure is not remembered', async () => {
    owners.socialIsAway = true;
    await expect(request().sight(author)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    owners.socialIsAway = false;

    expect((await request().sight(author)).relation).toEqual(follows);
  });

  it('a relation is known for a minute and no longer', async () => {
    await request().sight(author);
    owners.socialIsAway = true;
    await later(61_000);

    await expect(request().sight(author)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

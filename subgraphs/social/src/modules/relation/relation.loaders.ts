import type { Asker, CallClient } from '@plaza/calls/call-client';
import { MAX_IDS_PER_CALL } from '@plaza/calls/call-contract';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import type { Keyset, PageRequest } from '@plaza/kernel/page';
import { canSeeUser, canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';
import DataLoader from 'dataloader';
import { argumentLoaders } from '@plaza/db/argument-loaders';
import { type Ask, type FullPage, fullPages } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import type { Account } from '../../looker.js';
import type { BlockStore } from './block.store.js';
import type { FollowStore, UserListRow } from './follow.store.js';
import type { MuteStore } from './mute.store.js';
import { noStanding, type Standing } from './standing.js';
import type { StandingStore } from './standing.store.js';
import type { UserStat, UserStatStore } from './user-stat.store.js';

export type UserList = 'followers' | 'following' | 'followRequests' | 'blockedUsers' | 'mutedUsers';
export type UserPage = FullPage<UserListRow, Keyset>;

export interface RelationStores {
  readonly standings: StandingStore;
  readonly follows: FollowStore;
  readonly blocks: BlockStore;
  readonly mutes: MuteStore;
  readonly stats: UserStatStore;
  readonly clock: Clock;
}

/** What a request knows of persons before it asks who may see them. */
export interface StandingLoaders {
  readonly accounts: DataLoader<string, Account | null>;
  /** The viewer's standing to a person; strangers to all for a guest. */
  readonly standings: DataLoader<string, Standing>;
}

export function standingLoaders(asker: Asker, { standings, clock }: RelationStores, calls: CallClient): StandingLoaders {
  return {
    accounts: new DataLoader(
      async (userIds) => {
        const { states } = await calls.ask(userStates, { userIds: [...userIds] }, asker);
        const byId = new Map(states.map((state) => [state.userId, state]));
        return userIds.map((id) => byId.get(id) ?? null);
      },
      { maxBatchSize: MAX_IDS_PER_CALL },
    ),
    standings: new DataLoader(async (otherIds) => {
      const rows = asker.viewer === null ? [] : await standings.between(asker.viewer.id, otherIds, clock.now());
      const byId = new Map(rows.map((row) => [row.otherId, row]));
      return otherIds.map((id) => byId.get(id) ?? noStanding(id));
    }),
  };
}

export interface RelationLoaders {
  readonly stats: DataLoader<string, UserStat>;
  /** A page of persons, without those whom the viewer may not see. */
  readonly users: (list: UserList, page: PageRequest, ownerId: string) => Promise<UserPage>;
  /** Whether the viewer mutes anybody. */
  readonly mutesAnybody: () => Promise<boolean>;
  /** Whom the viewer follows among a person's followers, at most `first`. */
  readonly knownFollowers: (first: number, subjectId: string) => Promise<readonly string[]>;
}

/** So many more are read than asked for, in place of those who are away. */
const KNOWN_SLACK = 10;

export function relationLoaders(asker: Asker, stores: RelationStores, people: People, { accounts }: StandingLoaders): RelationLoaders {
  const pages = argumentLoaders<{ readonly list: UserList; readonly page: PageRequest }, UserPage>((ownerIds, { list, page }) => {
    const { read, keeps } = listOf(list, stores);
    return fullPages(ownerIds, page, { read, ownerOf, positionOf: keysetOf, keep: (rows) => keepSeen(rows, keeps, people) });
  });
  const known = argumentLoaders<number, readonly string[]>(async (subjectIds, first) => {
    if (asker.viewer === null) return subjectIds.map(() => []);
    const rows = await stores.standings.knownFollowers(asker.viewer.id, subjectIds, first + KNOWN_SLACK);
    const found = new Map(subjectIds.map((id) => [id, new Array<string>()]));
    // A block ends follows both ways, so nobody whom the viewer follows is hidden by one: only their state counts.
    const states = await accounts.loadMany([...new Set(rows.map(({ userId }) => userId))]);
    const active = new Set([...new Set(rows.map(({ userId }) => userId))].filter((_id, index) => isActive(states[index])));
    for (const { subjectId, userId } of rows) if (active.has(userId)) found.get(subjectId)?.push(userId);
    return subjectIds.map((id) => (found.get(id) ?? []).slice(0, first));
  });
  return {
    stats: new DataLoader(async (userIds) => {
      const byId = new Map((await stores.stats.byIds(userIds)).map((stat) => [stat.userId, stat]));
      return userIds.map((userId) => byId.get(userId) ?? { userId, followerCount: 0, followingCount: 0 });
    }),
    mutesAnybody: async () => asker.viewer !== null && stores.mutes.hasAny(asker.viewer.id),
    users: (list, page, ownerId) => pages({ list, page }, ownerId),
    knownFollowers: known,
  };
}

function isActive(account: Account | null | Error | undefined): boolean {
  if (account instanceof Error) throw account;
  return account?.state === 'ACTIVE';
}

const ownerOf = ({ ownerId }: UserListRow): string => ownerId;

async function keepSeen(rows: readonly UserListRow[], keeps: (sight: Sight) => boolean, people: People): Promise<readonly UserListRow[]> {
  const sights = await people.sights(rows.map(({ userId }) => userId));
  return rows.filter(({ userId }) => {
    const sight = sights.get(userId);
    return sight !== undefined && keeps(sight);
  });
}

interface ListSource {
  readonly read: (asks: readonly Ask<Keyset>[], limit: number) => Promise<readonly UserListRow[]>;
  readonly keeps: (sight: Sight) => boolean;
}

function listOf(list: UserList, { follows, blocks, mutes, clock }: RelationStores): ListSource {
  switch (list) {
    case 'followers':
      return { read: (asks, limit) => follows.followers(asks, limit), keeps: canSeeWorkOf };
    case 'following':
      return { read: (asks, limit) => follows.following(asks, limit), keeps: canSeeWorkOf };
    case 'followRequests':
      return { read: (asks, limit) => follows.requests(asks, limit), keeps: canSeeUser };
    case 'blockedUsers':
      return { read: (asks, limit) => blocks.blocked(asks, limit), keeps: canSeeUser };
    case 'mutedUsers':
      return { read: (asks, limit) => mutes.muted(asks, limit, clock.now()), keeps: canSeeUser };
  }
}

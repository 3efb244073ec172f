import type { Asker, CallClient } from '@plaza/calls/call-client';
import { MAX_IDS_PER_CALL } from '@plaza/calls/call-contract';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { postSubjects } from '@plaza/calls/contracts/content.calls';
import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import type { Logger } from '@plaza/telemetry/logger';
import { linkSubject } from './link.policy.js';
import { REACTIONS_MS, type ReactionStore } from './reaction.store.js';
import type { StandingStore } from './standing.store.js';
import type { Due, TrendPostStore } from './trend-post.store.js';
import { judge, MEMORY_MS } from './trend.policy.js';
import { keyOf, type TrendStore } from './trend.store.js';

export interface RefresherParts {
  readonly database: Database<unknown>;
  readonly trends: TrendStore;
  readonly posts: TrendPostStore;
  readonly standings: StandingStore;
  readonly reactions: ReactionStore;
  readonly calls: CallClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Works out what trends: asks owners about what has changed, counts, judges, forgets what is old. */
export class TrendRefresher {
  readonly #parts: RefresherParts;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  /** One pass. An owner who does not answer is asked again in the next one, and what is known goes on. */
  async refresh(): Promise<void> {
    const { posts, standings, reactions, clock } = this.#parts;
    await this.#unlessAway('content', () =>
      this.#eachDue(
        (limit) => posts.due(limit),
        (due) => this.#askContent(due),
      ),
    );
    await this.#unlessAway('accounts', () =>
      this.#eachDue(
        (limit) => standings.due(limit),
        (due) => this.#askAccounts(due),
      ),
    );
    await this.#count();
    const now = clock.now().getTime();
    await posts.prune(new Date(now - MEMORY_MS));
    await reactions.prune(new Date(now - REACTIONS_MS));
  }

  async #count(): Promise<void> {
    const { database, trends, clock } = this.#parts;
    await database.transaction(async (tx) => {
      if (!(await trends.isOurTurn(tx))) return;
      const now = clock.now();
      const tallies = await trends.tally(tx, now);
      const judged = tallies.flatMap((tally) => {
        const judgement = judge(tally, now);
        return judgement === null ? [] : [{ ...tally, ...judgement }];
      });
      const histories = await trends.histories(
        tx,
        judged.filter(({ score }) => score > 0),
        now,
      );
      await trends.replace(
        tx,
        judged.map((trend) => ({ ...trend, history: histories.get(keyOf(trend)) ?? [] })),
        now,
      );
    });
  }

  /** Everything that is due, a call's worth at a time. What an answer does not settle stays for the next pass. */
  async #eachDue(read: (limit: number) => Promise<readonly Due[]>, settle: (due: readonly Due[]) => Promise<void>): Promise<void> {
    for (let last: string | undefined; ;) {
      const due = await read(MAX_IDS_PER_CALL);
      const first = due[0]?.id;
      if (first === undefined || first === last) return;
      await settle(due);
      if (due.length < MAX_IDS_PER_CALL) return;
      last = first;
    }
  }

  async #askContent(due: readonly Due[]): Promise<void> {
    const { calls, posts } = this.#parts;
    const answer = await calls.ask(postSubjects, { postIds: due.map(({ id }) => id) }, nobody());
    const subjects = answer.posts.map(({ postId, links, ...known }) => {
      const addresses = new Set(links.map(linkSubject).filter((link) => link !== null));
      return [postId, { ...known, links: [...addresses] }] as const;
    });
    await posts.write(due, new Map(subjects));
  }

  async #askAccounts(due: readonly Due[]): Promise<void> {
    const { calls, standings } = this.#parts;
    const { states } = await calls.ask(userStates, { userIds: due.map(({ id }) => id) }, nobody());
    const known = states.map(({ userId, state, isLocked, isDiscoverable }) => {
      return [userId, { counts: state === 'ACTIVE' && !isLocked && isDiscoverable, isDiscoverable }] as const;
    });
    await standings.write(due, new Map(known));
  }

  async #unlessAway(owner: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.logger.warn({ err: error, owner }, 'could not be asked about trends; asking again later');
    }
  }
}

/** Work that nobody asked for. */
const nobody = (): Asker => ({ viewer: null, requestId: newId() });

import { newId } from '@plaza/kernel/id';
import type { CallClient } from './call-client.js';
import { MAX_IDS_PER_CALL } from './call-contract.js';
import { relationEpochs } from './contracts/social.calls.js';

/** What is asked in one turn of the event loop. */
interface Question {
  readonly userIds: Set<string>;
  readonly answer: Promise<ReadonlyMap<string, number>>;
}

/**
 * Asks social for the relation epochs of all who are asked about in one turn of the event loop at once, each person once.
 *
 * A block holds from its answer on because of one rule: a question is answered by a reading that is sent after it was asked. It is never answered
 * by one that is under way, which may have read before the block was written, nor by anything remembered. So whatever is decided after a
 * block was answered asks after it, social reads after that, and what it reads was committed before the block's answer.
 */
export class RelationEpochs {
  readonly #calls: Pick<CallClient, 'ask'>;
  /** Not sent yet. */
  #next: Question | null = null;

  constructor(calls: Pick<CallClient, 'ask'>) {
    this.#calls = calls;
  }

  /** The epoch now; 0 for one who never had a relation. @throws Fault UNAVAILABLE */
  async of(userId: string): Promise<number> {
    this.#next ??= this.#question();
    const { userIds, answer } = this.#next;
    userIds.add(userId);
    return (await answer).get(userId) ?? 0;
  }

  #question(): Question {
    const userIds = new Set<string>();
    const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#next = null;
      return this.#read([...userIds]);
    });
    return { userIds, answer };
  }

  async #read(userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const slices: string[][] = [];
    for (let from = 0; from < userIds.length; from += MAX_IDS_PER_CALL) slices.push(userIds.slice(from, from + MAX_IDS_PER_CALL));
    const asker = { viewer: null, requestId: newId() };
    const answers = await Promise.all(slices.map((slice) => this.#calls.ask(relationEpochs, { userIds: slice }, asker)));
    return new Map(answers.flatMap(({ epochs }) => epochs.map(({ userId, epoch }) => [userId, epoch] as const)));
  }
}

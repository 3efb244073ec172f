import { copy, type Json } from '@plaza/federation-engine/json';
import { assertionBody } from '@plaza/calls/subgraph-port';
import type { SubgraphAnswer, SubgraphQuery } from '../engine/engine.js';
import { type Asked, ThisTurn } from '../this-turn.js';

/** Equal reads of one asker that are begun in one turn of the event loop are one. */
export class SameTurn {
  readonly #turn = new ThisTurn<Read>();

  /**
   * `begin` is called unless the same asker has begun the same read in this turn. Whoever joins gets data of their own: it is written into.
   * @param asker equal for those who get equal answers
   */
  ask(asker: string, subgraph: string, query: SubgraphQuery, begin: () => Promise<SubgraphAnswer>): Asked<SubgraphAnswer> {
    const begun = this.#turn.of(asker);
    for (const read of begun) if (read.mayBeJoined(subgraph, query)) return { answer: read.join(), isJoined: true };
    const read = new Read(subgraph, query, begin());
    begun.push(read);
    return { answer: read.answer, isJoined: false };
  }
}

class Read {
  readonly answer: Promise<SubgraphAnswer>;
  readonly #subgraph: string;
  readonly #query: SubgraphQuery;
  readonly #copies: SubgraphAnswer[] = [];
  #joined = 0;
  #isOver = false;

  constructor(subgraph: string, query: SubgraphQuery, answer: Promise<SubgraphAnswer>) {
    this.#subgraph = subgraph;
    this.#query = query;
    // Before its first reader may write into it.
    this.answer = answer.then((result) => {
      this.#isOver = true;
      while (this.#copies.length < this.#joined) this.#copies.push(Object.assign({}, result, { data: copyOf(result.data) }));
      return result;
    });
  }

  mayBeJoined(subgraph: string, query: SubgraphQuery): boolean {
    return (
      !this.#isOver &&
      subgraph === this.#subgraph &&
      query.query === this.#query.query &&
      assertionBody.execute(query) === assertionBody.execute(this.#query)
    );
  }

  async join(): Promise<SubgraphAnswer> {
    this.#joined += 1;
    const result = await this.answer;
    return this.#copies.pop() ?? result;
  }
}

const copyOf = (data: SubgraphAnswer['data']): Record<string, unknown> | null =>
  copy((data ?? null) as Json) as Record<string, unknown> | null; // what a subgraph answers is JSON

import type { Logger } from '@plaza/telemetry/logger';
import type { Graph } from '../graph.js';
import { graphGeneration, refusedGraphs } from '../metrics.js';
import type { Generation } from './generation.js';

/** Whoever needs the graph of now asks each time. */
export interface Graphs {
  readonly current: Generation;
}

/** What became of a new graph: it is served; it is the one that is served; it is none. */
export type Replaced = { readonly kind: 'taken' } | { readonly kind: 'same' } | { readonly kind: 'refused'; readonly reason: string };

export interface GenerationsParts {
  /** @throws Error when it cannot be served */
  readonly make: (number: number, graph: Graph) => Promise<Generation>;
  readonly logger: Logger;
}

/** The graph that is served, and how another one takes its place while requests run. */
export class Generations implements Graphs {
  readonly #parts: GenerationsParts;
  readonly #stopping = new AbortController();
  readonly #retiring = new Map<Generation, Promise<void>>();
  #current: Generation;
  #made: number;
  #last: Promise<unknown> = Promise.resolve();
  #taken: (generation: Generation) => Promise<void> = async () => {};

  constructor(first: Generation, parts: GenerationsParts) {
    this.#parts = parts;
    this.#current = first;
    this.#made = first.number;
    graphGeneration.set(first.number);
  }

  get current(): Generation {
    return this.#current;
  }

  /** Makes the plans of the first graph's own operations, while it is served. */
  begin(): void {
    void this.#warmUp(this.#current);
  }

  /** Takes no more graphs and makes no more plans ahead. */
  end(): void {
    this.#stopping.abort();
  }

  /** `work` is done after each new graph is served: whoever runs for long goes over to it. */
  onTaken(work: (generation: Generation) => Promise<void>): void {
    this.#taken = work;
  }

  /**
   * Serves another graph from now on. It is made, looked at and warmed aside; what was admitted before ends with the graph that admitted it. One that
   * cannot be served changes nothing. Resolves when it is served; one after the other.
   */
  replace(graph: Graph): Promise<Replaced> {
    const replaced = this.#last.then(() => this.#replace(graph));
    this.#last = replaced.catch(() => undefined);
    return replaced;
  }

  /** Lets go of all of them. */
  async stop(): Promise<void> {
    this.end();
    await this.#last;
    await Promise.all([this.#current.stop(), ...[...this.#retiring.keys()].map((generation) => generation.stop())]);
  }

  async #replace(graph: Graph): Promise<Replaced> {
    const { logger } = this.#parts;
    if (this.#stopping.signal.aborted) return { kind: 'refused', reason: 'The gateway stops.' };
    if (isSame(graph, this.#current.graph)) return { kind: 'same' };
    let next: Generation;
    try {
      next = await this.#parts.make(this.#made + 1, graph);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      refusedGraphs.inc();
      logger.error({ reason }, 'a new supergraph cannot be served: the one before goes on');
      return { kind: 'refused', reason };
    }
    this.#made = next.number;
    // Nobody's first screen waits for the planner.
    await this.#warmUp(next);
    const before = this.#current;
    this.#current = next;
    graphGeneration.set(next.number);
    logger.info({ generation: next.number }, 'a new supergraph is served');
    await this.#taken(next).catch((error: unknown) => logger.error({ err: error }, 'not all who listen went over to the new graph'));
    this.#retire(before);
    return { kind: 'taken' };
  }

  async #warmUp(generation: Generation): Promise<void> {
    await generation
      .warmUp(this.#stopping.signal)
      .catch((error: unknown) => this.#parts.logger.warn({ err: error }, 'plans were not all made ahead'));
  }

  #retire(before: Generation): void {
    const retired = before
      .retire()
      .catch((error: unknown) => this.#parts.logger.error({ err: error }, 'an old graph could not be let go of'))
      .finally(() => this.#retiring.delete(before));
    this.#retiring.set(before, retired);
  }
}

const isSame = (one: Graph, other: Graph): boolean =>
  one.supergraphSdl === other.supergraphSdl &&
  [...one.documents.texts].toSorted().join('\n') === [...other.documents.texts].toSorted().join('\n');

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import { type Graph, graphFiles, readGraph } from '../graph.js';
import { refusedGraphs } from '../metrics.js';
import type { Replaced } from './generations.js';

const LOOK_MS = 1_000;

export interface SchemaFolderParts {
  readonly folder: string;
  readonly replace: (graph: Graph) => Promise<Replaced>;
  readonly logger: Logger;
}

/** The folder that the graph comes from: what is new there is served, soon, or at once where somebody says so. */
export class SchemaFolder {
  readonly #parts: SchemaFolderParts;
  #looking: ReturnType<typeof every> | null = null;
  /** How the files were when they were read last, and when they were looked at last. */
  #read = '';
  #seen = '';

  constructor(parts: SchemaFolderParts) {
    this.#parts = parts;
  }

  /** What is there now. @throws Error when it is no graph */
  async read(): Promise<Graph> {
    this.#read = await this.#state();
    return readGraph(this.#parts.folder);
  }

  /** Reads and serves what is there now. What cannot be read is one line in the log. */
  async reload(): Promise<Replaced> {
    const { replace, logger } = this.#parts;
    let graph: Graph;
    try {
      graph = await this.read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      refusedGraphs.inc();
      logger.error({ reason }, 'a new graph cannot be read: the one before goes on');
      return { kind: 'refused', reason };
    }
    return replace(graph);
  }

  /** Looks at it from now on. */
  follow(): void {
    this.#looking ??= every(
      LOOK_MS,
      () => this.look(),
      (error) => this.#parts.logger.error({ err: error }, 'the schema folder could not be looked at'),
    );
  }

  /**
   * Takes the files when they have changed, and are as they were at the look before: whoever writes them is through. It looks at their number, size
   * and time and waits for no word of a change: folders that are mounted from elsewhere give none.
   */
  async look(): Promise<void> {
    const before = this.#seen;
    this.#seen = await this.#state();
    if (this.#seen === before && this.#seen !== this.#read) await this.reload();
  }

  stop(): void {
    void this.#looking?.stop();
  }

  async #state(): Promise<string> {
    const { folder } = this.#parts;
    const states = (await graphFiles(folder)).map(async (file) => {
      const state = await stat(join(folder, file)).catch(() => null);
      return state === null ? '-' : `${file} ${state.ino} ${state.size} ${state.mtimeMs}`;
    });
    return (await Promise.all(states)).join(', ');
  }
}

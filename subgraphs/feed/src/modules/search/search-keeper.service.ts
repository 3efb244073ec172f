import type { SearchIndex } from '@plaza/search/search-index';
import type { Logger } from '@plaza/telemetry/logger';
import type { SearchHomeStore } from './search-home.store.js';
import type { SearchRebuildService } from './search-rebuild.service.js';

/**
 * Sees to it that the index that answers is the one that was fed: at the first start of an engine, after its index was lost or restored, and after
 * another engine served meanwhile, it is built anew.
 */
export class SearchKeeper {
  readonly #index: SearchIndex;
  readonly #home: SearchHomeStore;
  readonly #rebuild: SearchRebuildService;
  readonly #logger: Logger;

  constructor(index: SearchIndex, home: SearchHomeStore, rebuild: SearchRebuildService, logger: Logger) {
    this.#index = index;
    this.#home = home;
    this.#rebuild = rebuild;
    this.#logger = logger;
  }

  /** Resolves when the right index answers, or another process is building it. @throws Fault UNAVAILABLE when the engine or an owner is away. */
  async look(signal: AbortSignal): Promise<void> {
    const identity = await this.#index.identity();
    if (identity !== null && (await this.#home.isHome(identity))) return;
    this.#logger.warn({ identity }, 'the search index is not the one that was fed; it is built anew');
    const rebuilt = await this.#rebuild.rebuild({ signal, unlessBusy: true });
    if (rebuilt !== null) this.#logger.warn(rebuilt, 'search index rebuilt');
  }
}

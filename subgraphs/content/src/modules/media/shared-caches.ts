const PATIENCE_MS = 2_000;

/** The caches before us that many share. An address is the SHA-256 that stands in the URLs of a media. */
export interface SharedCaches {
  /** From then on each of them asks us before it answers with anything of the address. @throws Error when one did not take it */
  hold(address: string): Promise<void>;
  /** They may answer by themselves again. @throws Error when one did not take it */
  release(address: string): Promise<void>;
}

/** Caches that are told by a mark, `PUT` and `DELETE` of `<url>/<address>`: infra/edge/cdn.conf. */
export class MarkedCaches implements SharedCaches {
  readonly #urls: readonly string[];

  /** @param urls where each of them takes marks */
  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  async hold(address: string): Promise<void> {
    await this.#tell(address, { method: 'PUT', body: 'ask\n' });
  }

  async release(address: string): Promise<void> {
    await this.#tell(address, { method: 'DELETE' });
  }

  /** Every one, also where another does not answer. */
  async #tell(address: string, init: RequestInit): Promise<void> {
    const telling = await Promise.allSettled(
      this.#urls.map(async (url) => {
        const response = await fetch(`${url}/${address}`, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
        await response.arrayBuffer();
        // It may have lost its marks with everything else.
        if (!response.ok && !(init.method === 'DELETE' && response.status === 404))
          throw new Error(`${url} answered ${String(response.status)}`);
      }),
    );
    const failed = telling.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

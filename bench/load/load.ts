import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HomeJob, HomeResult, PublishJob, PublishResult } from './jobs.js';

/** The client process. */
export class Load {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('client.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  }

  async home(job: Omit<HomeJob, 'kind'>): Promise<HomeResult> {
    return this.#do({ kind: 'home', ...job });
  }

  async publish(job: Omit<PublishJob, 'kind'>): Promise<PublishResult> {
    return this.#do({ kind: 'publish', ...job });
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #do<Result>(job: HomeJob | PublishJob): Promise<Result> {
    this.#child.send(job);
    const [result] = await once(this.#child, 'message');
    return result as Result; // what client.ts sends for this kind of job
  }
}

import { request as byHttp } from 'node:http';
import { request as byHttps } from 'node:https';
import { every } from '@plaza/kernel/every';

const LOOK_MS = 2_000;
const ANSWER_MS = 2_000;

/** Knows whether the server of a bucket answers, so that addresses of its bytes can be told apart from good ones before somebody follows them. */
export class BucketWatch {
  readonly #endpoint: URL;
  readonly #looking: ReturnType<typeof every>;
  #isAway = false;

  /** @param everyMs how often it looks */
  constructor(endpoint: string, everyMs = LOOK_MS) {
    this.#endpoint = new URL(endpoint);
    this.#looking = every(
      everyMs,
      async () => {
        this.#isAway = !(await this.#answers());
      },
      () => undefined,
    );
  }

  /** As of the last look. */
  get isAway(): boolean {
    return this.#isAway;
  }

  async stop(): Promise<void> {
    await this.#looking.stop();
  }

  /** Whatever it says to a stranger is an answer, unless it is that it cannot answer now. */
  async #answers(): Promise<boolean> {
    const send = this.#endpoint.protocol === 'https:' ? byHttps : byHttp;
    return new Promise((resolve) => {
      const asked = send(this.#endpoint, { method: 'HEAD', agent: false, signal: AbortSignal.timeout(ANSWER_MS) }, (response) => {
        response.resume();
        resolve(response.statusCode !== undefined && response.statusCode < 500);
      });
      asked.on('error', () => resolve(false)).end();
    });
  }
}

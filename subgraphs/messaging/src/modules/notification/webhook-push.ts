import type { PushMessage, PushOutcome, PushPort } from './push-port.js';

const TIMEOUT_MS = 10_000;
const GONE = new Set([404, 410]);

/**
 * Gives messages to a push gateway of the operator's (before FCM, APNs, Web Push, SNS): one POST of JSON each, `{ channel, address, notificationId,
 * kind }`. 2xx: taken; 404 and 410: the address is gone; everything else is tried again.
 */
export class WebhookPush implements PushPort {
  readonly #url: string;
  readonly #token: string;

  /** `token` goes into the header `authorization: Bearer`. */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async send({ channel, address }: { readonly channel: string; readonly address: string }, message: PushMessage): Promise<PushOutcome> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ channel, address, ...message }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return 'taken';
    if (GONE.has(response.status)) return 'gone';
    throw new Error(`the push gateway answered ${response.status}`);
  }
}

import { timingSafeEqual } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';
import type { KafkaMessage, Message } from 'kafkajs';
import { type EventEnvelope, eventEnvelope } from '../envelope.js';

/** Of the envelope as it stands in a message. Contracts only grow, so only another envelope would be another one. */
const VERSION = '1';
const SEAL = 'seal';

/** Facts as messages and back. Each is sealed with a key of the installation, so that writing into the log is not enough to state a fact. */
export class Messages {
  readonly #key: Uint8Array;

  /** @param secret the installation's internal secret. */
  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'facts in a log');
  }

  write(event: EventEnvelope): Message {
    const value = JSON.stringify(event);
    return {
      key: event.key,
      value,
      headers: {
        'event-id': event.id,
        contract: event.type,
        version: VERSION,
        // Whatever a fact brings about is one trace, which has the fact's own id.
        'trace-id': event.id.replaceAll('-', ''),
        [SEAL]: mac(this.#key, value),
      },
    };
  }

  /** Null for what is none of ours: another shape, or not sealed by us. */
  read({ value, headers }: KafkaMessage): EventEnvelope | null {
    const seal = headers?.[SEAL];
    if (value === null || !Buffer.isBuffer(seal)) return null;
    const text = value.toString('utf8');
    const expected = mac(this.#key, text);
    if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) return null;
    return eventEnvelope.safeParse(parsed(text)).data ?? null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

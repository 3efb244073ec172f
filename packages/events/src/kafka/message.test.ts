import { newId } from '@plaza/kernel/id';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../envelope.js';
import { Messages } from './message.js';

const messages = new Messages(Buffer.alloc(32, 1));
const fact: EventEnvelope = {
  id: newId(),
  type: 'thing.moved',
  key: newId(),
  occurredAt: new Date().toISOString(),
  payload: { step: 1, name: 'xin chào' },
};

/** As it comes out of a log. */
function arrived(event: EventEnvelope, by = messages): KafkaMessage {
  const { key, value, headers } = by.write(event);
  const bytes = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text as Buffer)]));
  return { key: Buffer.from(key ?? ''), value: Buffer.from(value ?? ''), headers: bytes, timestamp: '0', attributes: 0, offset: '0' };
}

describe('a fact in a log', () => {
  it('comes out as it went in, under its key, with what it is in its headers', () => {
    const message = arrived(fact);
    expect(messages.read(message)).toEqual(fact);
    expect(String(message.key)).toBe(fact.key);
    expect(String(message.headers?.['event-id'])).toBe(fact.id);
    expect(String(message.headers?.['contract'])).toBe('thing.moved');
    expect(String(message.headers?.['version'])).toBe('1');
    expect(String(message.headers?.['trace-id'])).toBe(fact.id.replaceAll('-', ''));
  });

  it('is none when somebody else sealed it, when it was changed, and without a seal', () => {
    const message = arrived(fact);
    expect(messages.read(arrived(fact, new Messages(Buffer.alloc(32, 2))))).toBeNull();
    expect(messages.read({ ...message, value: Buffer.from(JSON.stringify({ ...fact, key: newId() })) })).toBeNull();
    expect(messages.read({ ...message, headers: {} } as KafkaMessage)).toBeNull();
    expect(messages.read({ ...message, value: null })).toBeNull();
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readKafka } from './variables.js';

const LOGIN = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'plaza', KAFKA_SASL_PASSWORD: 'a secret' };

describe('the variables of Kafka', () => {
  it('name none without brokers', () => {
    expect(readKafka({})).toBeUndefined();
    expect(readKafka(LOGIN)).toBeUndefined();
  });

  it('name brokers alone', () => {
    expect(readKafka({ KAFKA_BROKERS: 'a:1, b.example:9092' })).toEqual({
      brokers: ['a:1', 'b.example:9092'],
      prefix: 'plaza',
      tls: false,
      login: undefined,
    });
  });

  it('name a login and encrypted lines', () => {
    expect(readKafka({ KAFKA_BROKERS: 'a:1', KAFKA_TLS: 'on', KAFKA_PREFIX: 'ours', ...LOGIN })).toEqual({
      brokers: ['a:1'],
      prefix: 'ours',
      tls: true,
      login: { mechanism: 'scram-sha-512', username: 'plaza', password: 'a secret' },
    });
  });

  it('take the text of a file of authorities', () => {
    expect(readKafka({ KAFKA_BROKERS: 'a:1', KAFKA_TLS: fileURLToPath(import.meta.url) })?.tls).toHaveProperty(
      'ca',
      expect.stringContaining('the text of a file of authorities'),
    );
  });

  it.each([
    [{ KAFKA_BROKERS: 'nowhere' }, 'KAFKA_BROKERS must be host:port, several with commas between'],
    [{ KAFKA_TLS: '/there/is/no/such.pem' }, 'KAFKA_TLS must be on, off or a file that can be read'],
    [{ ...LOGIN, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM must be plain, scram-sha-256 or scram-sha-512'],
    [{ ...LOGIN, KAFKA_SASL_PASSWORD: undefined }, 'KAFKA_SASL_MECHANISM must come with KAFKA_SASL_PASSWORD'],
    [{ KAFKA_SASL_PASSWORD: 'a secret' }, 'KAFKA_SASL_PASSWORD must come with KAFKA_SASL_MECHANISM'],
  ])('refuse %j in one line without its value', (variables, line) => {
    expect(() => readKafka(variables)).toThrow(new Error(line));
  });
});

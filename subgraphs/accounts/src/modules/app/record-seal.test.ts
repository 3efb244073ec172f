import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RecordSeal } from './record-seal.js';

describe('what the authorization server keeps', () => {
  const seal = new RecordSeal(randomBytes(32));

  it('comes back as it was, for its own id', () => {
    const sealed = seal.seal('Client', 'one', { client_secret: 'secret' });
    expect(sealed.toString('latin1')).not.toContain('secret');
    expect(seal.open('Client', 'one', sealed)).toEqual({ client_secret: 'secret' });
  });

  it('is nothing elsewhere: another id, another kind, another installation, another byte', () => {
    const sealed = seal.seal('RefreshToken', 'one', {});
    expect(() => seal.open('RefreshToken', 'two', sealed)).toThrow();
    expect(() => seal.open('AuthorizationCode', 'one', sealed)).toThrow();
    expect(() => new RecordSeal(randomBytes(32)).open('RefreshToken', 'one', sealed)).toThrow();
    const changed = Buffer.from(sealed);
    changed[20] = (changed[20] ?? 0) ^ 1;
    expect(() => seal.open('RefreshToken', 'one', changed)).toThrow();
  });

  it('tells equal ids of two kinds apart', () => {
    expect(seal.hash('Session', 'one')).not.toEqual(seal.hash('Grant', 'one'));
  });
});

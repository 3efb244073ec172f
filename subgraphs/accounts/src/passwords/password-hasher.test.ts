import { hash } from '@node-rs/bcrypt';
import { Fault } from '@plaza/kernel/fault';
import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.js';

const cheap = { argon2: { memoryKib: 64, passes: 1 }, hashing: { parallel: 2, waiting: 10 } };

describe('the hasher', () => {
  it('makes argon2id hashes that say so, of the cost it was given', async () => {
    const stored = await new PasswordHasher(cheap).hash('a password');

    expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/u);
    expect(await new PasswordHasher(cheap).verify(stored, 'a password')).toBe(true);
    expect(await new PasswordHasher(cheap).verify(stored, 'another')).toBe(false);
  });

  it('knows one password in two spellings', async () => {
    const hasher = new PasswordHasher(cheap);

    expect(await hasher.verify(await hasher.hash('mật khẩu'.normalize('NFC')), 'mật khẩu'.normalize('NFD'))).toBe(true);
  });

  it('checks bcrypt hashes that came from elsewhere, and calls them outdated', async () => {
    const hasher = new PasswordHasher(cheap);
    const stored = await hash('from elsewhere', 4);

    expect(await hasher.verify(stored, 'from elsewhere')).toBe(true);
    expect(await hasher.verify(stored, 'not it')).toBe(false);
    expect(hasher.isOutdated(stored)).toBe(true);
  });

  it('calls a hash outdated that cost less than one does today, not one that cost more', async () => {
    const stored = await new PasswordHasher(cheap).hash('a password');

    expect(new PasswordHasher(cheap).isOutdated(stored)).toBe(false);
    expect(new PasswordHasher({ ...cheap, argon2: { memoryKib: 128, passes: 1 } }).isOutdated(stored)).toBe(true);
    expect(new PasswordHasher({ ...cheap, argon2: { memoryKib: 64, passes: 2 } }).isOutdated(stored)).toBe(true);
    expect(new PasswordHasher({ ...cheap, argon2: { memoryKib: 32, passes: 1 } }).isOutdated(stored)).toBe(false);
  });

  it('is never convinced that nobody has a password', async () => {
    expect(await new PasswordHasher(cheap).verify(null, 'nobody has this password')).toBe(false);
  });

  it('works as long for nobody as for somebody', async () => {
    const hasher = new PasswordHasher({ ...cheap, argon2: { memoryKib: 19_456, passes: 2 } });
    const stored = await hasher.hash('a password');
    await hasher.verify(null, 'warm up');
    const least = { somebody: Infinity, nobody: Infinity };
    // Turn by turn and the best of each: other tests use the same cores.
    for (let round = 0; round < 8; round += 1) {
      for (const [who, against] of [
        ['somebody', stored],
        ['nobody', null],
      ] as const) {
        const started = performance.now();
        await hasher.verify(against, 'wrong');
        least[who] = Math.min(least[who], performance.now() - started);
      }
    }

    expect(least.nobody / least.somebody).toBeGreaterThan(0.4);
    expect(least.nobody / least.somebody).toBeLessThan(2.5);
  });

  it('sends away whoever finds the queue full, with a time to come again, and serves the rest', async () => {
    const hasher = new PasswordHasher({ argon2: { memoryKib: 4_096, passes: 1 }, hashing: { parallel: 2, waiting: 3 } });
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => hasher.hash('a password')));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(refusals).toHaveLength(4);
    expect(refusals.every((refusal) => refusal instanceof Fault && refusal.code === 'RATE_LIMITED' && (refusal.retryAfter ?? 0) > 0)).toBe(
      true,
    );
    await expect(hasher.hash('later')).resolves.toContain('$argon2id$');
  });
});

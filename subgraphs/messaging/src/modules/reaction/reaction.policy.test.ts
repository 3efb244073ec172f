import { describe, expect, it } from 'vitest';
import { isEmoji } from './reaction.policy.js';

describe('a reaction', () => {
  it.each(['👍', '❤️', '👩‍👩‍👧', '🇻🇳', '👋🏽', '1️⃣'])('may be %s', (emoji) => expect(isEmoji(emoji)).toBe(true));
  it.each(['', 'a', '👍👍', '👍 ', 'ok 👍', '1', '\u0000', '\u200d', '🇻', 'x'.repeat(1_000_000)])('is not %j', (text) =>
    expect(isEmoji(text)).toBe(false),
  );
});

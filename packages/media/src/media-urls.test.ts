import { describe, expect, it } from 'vitest';
import { MediaUrls, SIGNED_URL_MAX_MS } from './media-urls.js';

const variant = { address: 'ab'.repeat(32), name: 'w640.webp' };
const anna = '01900000-0000-7000-8000-00000000000a';

function urlsAt(start: string) {
  let now = new Date(start);
  const urls = new MediaUrls({ base: 'http://localhost:4000/content/media', secret: Buffer.alloc(32, 7), clock: { now: () => now } });
  return { urls, pass: (ms: number) => (now = new Date(now.getTime() + ms)) };
}

function signatureOf(url: string) {
  const { searchParams } = new URL(url);
  const part = (name: string) => searchParams.get(name) ?? '';
  return { v: part('v'), e: part('e'), s: part('s') };
}

describe('a signed URL', () => {
  it('is good for five to ten minutes and not a moment longer', () => {
    for (const start of ['2026-01-01T12:00:00.000Z', '2026-01-01T12:04:59.999Z']) {
      const { urls, pass } = urlsAt(start);
      const signature = signatureOf(urls.signed(variant, anna));
      expect(urls.remaining(variant, signature)).toBeGreaterThanOrEqual(300);
      expect(urls.remaining(variant, signature)).toBeLessThanOrEqual(600);
      pass(SIGNED_URL_MAX_MS);
      expect(urls.remaining(variant, signature)).toBeNull();
    }
  });

  it('stays the same within a bucket', () => {
    const { urls, pass } = urlsAt('2026-01-01T12:00:00.000Z');
    const first = urls.signed(variant, anna);
    pass(299_000);
    expect(urls.signed(variant, anna)).toBe(first);
    pass(1_000);
    expect(urls.signed(variant, anna)).not.toBe(first);
  });

  it('differs by viewer and does not name them', () => {
    const { urls } = urlsAt('2026-01-01T12:00:00.000Z');
    expect(urls.signed(variant, anna)).not.toBe(urls.signed(variant, null));
    expect(urls.signed(variant, anna)).not.toContain(anna);
  });

  it.each(['v', 'e', 's'] as const)('is worth nothing once its %s is changed', (part) => {
    const { urls } = urlsAt('2026-01-01T12:00:00.000Z');
    const signature = signatureOf(urls.signed(variant, anna));
    for (const other of ['', '0', '1999999999999', 'AAAAAAAAAAAAAAAAAAAAAA', '-1', 'NaN', 'é']) {
      expect(urls.remaining(variant, { ...signature, [part]: other })).toBeNull();
    }
  });

  it('opens no other variant and no other media', () => {
    const { urls } = urlsAt('2026-01-01T12:00:00.000Z');
    const signature = signatureOf(urls.signed(variant, anna));
    expect(urls.remaining({ ...variant, name: 'w2048.webp' }, signature)).toBeNull();
    expect(urls.remaining({ ...variant, address: 'cd'.repeat(32) }, signature)).toBeNull();
  });
});

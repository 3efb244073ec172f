import { describe, expect, it } from 'vitest';
import { HlsUrls, parseHlsPath } from './hls-urls.js';

const base = 'http://localhost:4000/content/media';
const master = { address: 'ab'.repeat(32), name: 'hls/master.m3u8' };
const anna = '01900000-0000-7000-8000-00000000000a';
const binh = '01900000-0000-7000-8000-00000000000b';

function urlsAt(start: string, secret = 7) {
  let now = new Date(start);
  const urls = new HlsUrls({ base, secret: Buffer.alloc(32, secret), clock: { now: () => now } });
  return { urls, pass: (hours: number) => (now = new Date(now.getTime() + hours * 3_600_000)) };
}

const tokenOf = (url: string): string => parseHlsPath(url.slice(base.length))?.token ?? '';

describe('the address of a playlist', () => {
  it('is stable for a public video', () => {
    expect(urlsAt('2026-01-01T00:00:00Z').urls.stable(master)).toBe(`${base}/${master.address}/hls/master.m3u8`);
  });

  it('carries a token in its path, so that what the playlist names carries it too', () => {
    const { urls } = urlsAt('2026-01-01T00:00:00Z');
    const url = urls.signed(master, anna);
    const segment = new URL('720p/003.ts', url).pathname.slice('/content/media'.length);
    const path = parseHlsPath(segment);
    expect(path).toMatchObject({ address: master.address, name: 'hls/720p/003.ts' });
    expect(urls.open(master.address, path?.token ?? '')).toMatchObject({ viewerId: anna });
  });

  it('is good for six to twelve hours and stays the same within six', () => {
    const { urls, pass } = urlsAt('2026-01-01T00:00:01Z');
    const url = urls.signed(master, anna);
    const seconds = urls.open(master.address, tokenOf(url))?.seconds ?? 0;
    expect(seconds).toBeGreaterThan(6 * 3600);
    expect(seconds).toBeLessThanOrEqual(12 * 3600);
    pass(5);
    expect(urls.signed(master, anna)).toBe(url);
    pass(7);
    expect(urls.open(master.address, tokenOf(url))).toBeNull();
  });

  it('names nobody who reads it', () => {
    const { urls } = urlsAt('2026-01-01T00:00:00Z');
    expect(urls.signed(master, anna)).not.toBe(urls.signed(master, binh));
    expect(Buffer.from(tokenOf(urls.signed(master, anna)), 'base64url').toString('hex')).not.toContain(anna.slice(0, 8));
  });

  it('is worth nothing at another media, at another installation and with a character changed', () => {
    const { urls } = urlsAt('2026-01-01T00:00:00Z');
    const token = tokenOf(urls.signed(master, anna));
    expect(urls.open('cd'.repeat(32), token)).toBeNull();
    expect(urlsAt('2026-01-01T00:00:00Z', 8).urls.open(master.address, token)).toBeNull();
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(urls.open(master.address, token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
    }
    expect(urls.open(master.address, '')).toBeNull();
  });
});

describe('a path', () => {
  const sha = 'ab'.repeat(32);
  it.each([
    [`/${sha}/hls/master.m3u8`, 'hls/master.m3u8'],
    [`/${sha}/hls/master-0123456789abcdef.m3u8`, 'hls/master-0123456789abcdef.m3u8'],
    [`/${sha}/hls/720p/000.ts`, 'hls/720p/000.ts'],
    [`/${sha}/hls/captions/0123.vtt`, 'hls/captions/0123.vtt'],
    [`/${sha}/hls/${'a'.repeat(64)}/720p/index.m3u8`, 'hls/720p/index.m3u8'],
  ])('%s is %s', (path, name) => {
    expect(parseHlsPath(path)?.name).toBe(name);
  });

  it.each([
    '/',
    `/${sha}/w640.webp`,
    `/${sha}/hls/`,
    `/${sha}/hls/../w640.m3u8`,
    `/${sha}/hls/a/b/c.ts`,
    `/${sha}/hls/720p/000.ts/`,
    `/${sha}/hls/000.mp4`,
    `/${sha.toUpperCase()}/hls/master.m3u8`,
    `/${sha}/hls/720p%2f000.ts`,
  ])('%s is none', (path) => {
    expect(parseHlsPath(path)).toBeNull();
  });
});

import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { People } from '@plaza/calls/people';
import { Fault } from '@plaza/kernel/fault';
import type { MediaUrls, Signature } from '@plaza/media/media-urls';
import { type Request, type Response, Router } from 'express';
import type { MediaService } from './media.service.js';

/**
 * How long a public picture may be shown without asking again, in seconds: caches that many share ask after a minute, a browser after the
 * same ten that signed URLs are good for (docs: README.md).
 */
const PUBLIC_CACHE = 'public, max-age=600, s-maxage=60, immutable';

const PATH =
  /^\/media\/(?<address>[0-9a-f]{64})\/(?<name>(?:w[0-9]{1,5}\.(?:webp|avif)|hls\/[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*){0,2}\.(?:m3u8|ts|m4s|mp4|vtt)))$/;

const TYPES: Readonly<Record<string, string>> = {
  webp: 'image/webp',
  avif: 'image/avif',
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  vtt: 'text/vtt; charset=utf-8',
};

/**
 * Serves the bytes of media at `/media/<sha>/w640.webp`, `/media/<sha>/hls/master.m3u8`: unsigned while everybody may see them, signed otherwise; everything else is 404 alike.
 * 503 while nobody can say whether a picture is still public.
 */
export function mediaRoutes(media: MediaService, urls: MediaUrls, guest: () => People): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((request, response, next) => {
    serve(request, response).catch((cause: unknown) => {
      if (!(cause instanceof Fault) || cause.code !== 'UNAVAILABLE') return next(cause);
      response.set({ 'Cache-Control': 'no-store', 'Retry-After': '5' }).status(503).type('text/plain').send('Come back in a moment.\n');
    });
  });

  async function serve(request: Request, response: Response): Promise<void> {
    const { address, name } = PATH.exec(request.path)?.groups ?? {};
    if (address === undefined || name === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return missing(response);
    const found = await media.findAddress(address, guest());
    const signature = signatureOf(request);
    const cache = found === null ? null : cacheOf(found, urls.remaining({ address, name }, signature));
    if (cache === null) return missing(response);

    const etag = `"${address}-${name}"`;
    response.set({ ETag: etag, 'Cache-Control': cache, ...HARMLESS });
    if (
      request
        .get('if-none-match')
        ?.split(/\s*,\s*/)
        .some((tag) => tag === etag || tag === `W/${etag}`)
    )
      return void response.status(304).end();
    const object = await media.open(address, name);
    if (object === null) return missing(response);
    response.set('Content-Type', TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
    if (name.endsWith('.m3u8') && found?.isPublic === false) {
      const list = signedPlaylist((await buffer(object.stream)).toString('utf8'), signature);
      response.removeHeader('ETag');
      return void response.send(list);
    }
    response.set('Content-Length', String(object.size));
    if (request.method === 'HEAD') {
      object.stream.destroy();
      return void response.end();
    }
    // A reader who leaves in the middle is no error.
    await pipeline(object.stream, response).catch(() => undefined);
  }
  return router;
}

/** A playlist whose addresses carry the signature that it was asked with itself: it opens all that plays together. */
function signedPlaylist(text: string, signature: Signature): string {
  const query = `?${new URLSearchParams({ v: signature.v, e: signature.e, s: signature.s }).toString()}`;
  return text
    .split('\n')
    .map((line) =>
      line.startsWith('#') ? line.replace(/URI="([^"?]+)"/u, `URI="$1${query}"`) : line.trim() === '' ? line : `${line.trim()}${query}`,
    )
    .join('\n');
}

/** Bytes from strangers are shown as pictures and as nothing else, on any page. */
const HARMLESS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Null: not for the one who asks. */
function cacheOf({ isPublic }: { readonly isPublic: boolean }, signedSeconds: number | null): string | null {
  if (isPublic) return PUBLIC_CACHE;
  return signedSeconds === null ? null : `private, max-age=${signedSeconds}, immutable`;
}

function missing(response: Response): void {
  response.removeHeader('ETag');
  response
    .set({ 'Cache-Control': 'no-store', ...HARMLESS })
    .status(404)
    .type('text/plain')
    .send('There is nothing here.\n');
}

function signatureOf({ query }: Request): Signature {
  const part = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { v: part(query.v), e: part(query.e), s: part(query.s) };
}

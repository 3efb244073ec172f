import { pipeline } from 'node:stream/promises';
import type { ObjectBytes } from '@plaza/media/objects';
import type { Request, Response } from 'express';

/** Bytes from strangers are shown as pictures and played, and are nothing else on any page. */
const HARMLESS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/**
 * How long what everybody may see may be shown without asking again, in seconds: caches that many share ask after a minute, and are told when it is
 * over sooner (recall.service.ts); a browser after the ten that signed URLs are good for (README.md).
 */
export const PUBLIC_CACHE = 'public, max-age=600, s-maxage=60, immutable';
/** That there is nothing is known for a second: it takes the place of what a cache has kept, and a crowd that comes for it does not reach us. */
const NOTHING_CACHE = 'public, max-age=0, s-maxage=1';

/** An object that may be answered with. */
export interface Answer {
  /** Names exactly these bytes. */
  readonly etag: string;
  readonly cache: string;
  readonly type: string;
  readonly open: () => Promise<ObjectBytes | null>;
}

/** Answers with an object, with 304 to whoever has it, with 404 if it is not there. */
export async function sendObject(request: Request, response: Response, { etag, cache, type, open }: Answer): Promise<void> {
  response.set({ ETag: etag, 'Cache-Control': cache, ...HARMLESS });
  // A cache gives the same answer to pages of every site.
  if (cache === PUBLIC_CACHE) response.set('Access-Control-Allow-Origin', '*');
  const known = request.get('if-none-match')?.split(/\s*,\s*/) ?? [];
  if (known.some((tag) => tag === etag || tag === `W/${etag}`)) return void response.status(304).end();
  const object = await open();
  if (object === null) return missing(response);
  response.set({ 'Content-Type': type, 'Content-Length': String(object.size) });
  if (request.method === 'HEAD') {
    object.stream.destroy();
    return void response.end();
  }
  // A reader who leaves in the middle is no error.
  await pipeline(object.stream, response).catch(() => undefined);
}

/** Hidden, missing and malformed alike. */
export function missing(response: Response): void {
  response.removeHeader('ETag');
  response
    .set({ 'Cache-Control': NOTHING_CACHE, 'Access-Control-Allow-Origin': '*', ...HARMLESS })
    .status(404)
    .type('text/plain')
    .send('There is nothing here.\n');
}

/** Nobody can say now whether it may be seen, or give it: clients ask again. */
export function later(response: Response): void {
  response.removeHeader('ETag');
  response.set({ 'Cache-Control': 'no-store', 'Retry-After': '5' }).status(503).type('text/plain').send('Come back in a moment.\n');
}

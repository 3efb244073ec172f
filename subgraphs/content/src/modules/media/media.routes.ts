import type { People } from '@plaza/calls/people';
import { Fault } from '@plaza/kernel/fault';
import type { MediaUrls, Signature } from '@plaza/media/media-urls';
import { type Request, type Response, Router } from 'express';
import { later, missing, PUBLIC_CACHE, sendObject } from './media.bytes.js';
import type { MediaService } from './media.service.js';

const PATH = /^\/media\/(?<address>[0-9a-f]{64})\/(?<name>w[0-9]{1,5}\.(?<type>webp|avif))$/;

/**
 * Serves pictures at `/media/<sha>/w640.webp`: unsigned while everybody may see them, signed otherwise; everything else is 404 alike.
 * 503 while nobody can say whether a picture is still public.
 */
export function mediaRoutes(media: MediaService, urls: MediaUrls, guest: () => People): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((request, response, next) => {
    serve(request, response).catch((cause: unknown) => {
      if (!(cause instanceof Fault) || cause.code !== 'UNAVAILABLE') return next(cause);
      return later(response);
    });
  });

  async function serve(request: Request, response: Response): Promise<void> {
    const { address, name, type = '' } = PATH.exec(request.path)?.groups ?? {};
    if (address === undefined || name === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return missing(response);
    const found = await media.findAddress(address, guest());
    const cache = found === null ? null : cacheOf(found, urls.remaining({ address, name }, signatureOf(request)));
    if (cache === null) return missing(response);
    return sendObject(request, response, {
      etag: `"${address}-${name}"`,
      cache,
      type: `image/${type}`,
      open: () => media.open(address, name),
    });
  }
  return router;
}

/** Null: not for the one who asks. */
function cacheOf({ isPublic }: { readonly isPublic: boolean }, signedSeconds: number | null): string | null {
  if (isPublic) return PUBLIC_CACHE;
  return signedSeconds === null ? null : `private, max-age=${signedSeconds}, immutable`;
}

function signatureOf({ query }: Request): Signature {
  const part = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { v: part(query.v), e: part(query.e), s: part(query.s) };
}

import { Fault } from '@plaza/kernel/fault';
import { parseHlsPath } from '@plaza/media/hls-urls';
import { type Request, type Response, Router } from 'express';
import type { HlsService, Permission } from './hls.service.js';
import { later, missing, PUBLIC_CACHE, sendObject } from './media.bytes.js';

const PREFIX = '/media';

const TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  vtt: 'text/vtt; charset=utf-8',
};

/**
 * Serves playlists, segments and captions at `/media/<sha>/hls/…`, to players on any page: with a token in the path unless everybody may see the video.
 * What is no such path goes on to the next router. 503 while nobody can say who may see it: players ask again.
 */
export function hlsRoutes(hls: HlsService): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((request, response, next) => {
    const path = request.path.startsWith(`${PREFIX}/`) ? parseHlsPath(request.path.slice(PREFIX.length)) : null;
    if (path === null || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    response.set('Access-Control-Allow-Origin', '*');
    serve(request, response, path).catch((cause: unknown) => {
      if (!(cause instanceof Fault) || cause.code !== 'UNAVAILABLE') return next(cause);
      return later(response);
    });
  });

  async function serve(request: Request, response: Response, path: NonNullable<ReturnType<typeof parseHlsPath>>): Promise<void> {
    const permission = await hls.permission(path);
    if (permission === null) return missing(response);
    const type = TYPES[path.name.slice(path.name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return sendObject(request, response, {
      etag: `"${path.address}-${path.name}"`,
      cache: cacheOf(permission),
      type,
      open: () => hls.open(path),
    });
  }
  return router;
}

function cacheOf(permission: Permission): string {
  return permission.kind === 'public' ? PUBLIC_CACHE : `private, max-age=${permission.seconds}, immutable`;
}

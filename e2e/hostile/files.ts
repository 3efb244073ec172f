import type { Victims } from './stage.js';

/** An attack at the doors beside the graph: uploads and pictures. */
export interface FileAttack {
  readonly name: string;
  readonly send: (origin: string, victims: Victims) => Promise<Response>;
  readonly statuses: readonly number[];
}

type Who = 'mallory' | 'anna' | 'guest';

const tus = (
  name: string,
  who: Who,
  method: string,
  statuses: readonly number[],
  {
    path = (own: string) => own,
    headers = {},
    body,
  }: { readonly path?: (own: string) => string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): FileAttack => ({
  name,
  statuses,
  send: (origin, victims) =>
    fetch(`${origin}${path(new URL(victims.uploadUrl).pathname)}`, {
      method,
      headers: {
        'tus-resumable': '1.0.0',
        ...(method === 'PATCH' ? { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' } : {}),
        ...(who === 'guest' ? {} : { authorization: `Bearer ${victims[who].tokens.accessToken}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    }),
});

const SHA = 'a'.repeat(64);
const picture = (name: string, path: string): FileAttack => ({
  name: `a picture: ${name}`,
  statuses: [400, 404],
  send: (origin) => fetch(`${origin}${path}`, { signal: AbortSignal.timeout(60_000) }),
});

/** Somebody else's upload, and pictures that were not given out. */
export const FILE_ATTACKS: readonly FileAttack[] = [
  ...(['HEAD', 'PATCH', 'DELETE'] as const).flatMap((method) => {
    const body = method === 'PATCH' ? { body: 'x' } : {};
    return [
      tus(`${method} of an upload by a guest`, 'guest', method, [401], body),
      tus(`${method} of an upload by somebody else`, 'mallory', method, [404], body),
      tus(`${method} of an upload by a made-up assertion`, 'guest', method, [401], { ...body, headers: { 'x-plaza-assertion': 'a.b' } }),
      tus(`${method} of an upload by another spelling of its id`, 'anna', method, [404], {
        ...body,
        path: (own) => own.toUpperCase().replace('/CONTENT/UPLOADS/', '/content/uploads/'),
      }),
      tus(`${method} of an upload by a path out of its folder`, 'anna', method, [404], {
        ...body,
        path: (own) => `${own}%2f..%2f..%2finternal-secret`,
      }),
      tus(`${method} of an upload that never was`, 'mallory', method, [404], {
        ...body,
        path: () => '/content/uploads/media_01h455vb4pex5vsknk084sn02q',
      }),
    ];
  }),
  tus('bytes for an upload from a place that is not its end', 'anna', 'PATCH', [409], { body: 'x', headers: { 'upload-offset': '999' } }),
  tus('bytes for an upload from a place below nothing', 'anna', 'PATCH', [400, 403, 409], {
    body: 'x',
    headers: { 'upload-offset': '-1' },
  }),
  tus('more bytes than were said', 'anna', 'PATCH', [400, 413], { body: 'x'.repeat(5_000) }),
  tus('bytes of another content type', 'anna', 'PATCH', [400, 403, 415], { body: 'x', headers: { 'content-type': 'text/plain' } }),
  tus('an upload that nobody began', 'anna', 'POST', [404, 405], { path: () => '/content/uploads', headers: { 'upload-length': '5' } }),
  tus('a PUT over an upload', 'anna', 'PUT', [404, 405], { body: 'x' }),
  tus('another method by a header', 'mallory', 'POST', [404], { headers: { 'x-http-method-override': 'DELETE' } }),
  picture('unsigned', `/content/media/${SHA}/w640.webp`),
  picture('with a signature of zeros', `/content/media/${SHA}/w640.webp?v=1&e=9999999999&s=${'0'.repeat(64)}`),
  picture('with a signature twice', `/content/media/${SHA}/w640.webp?v=1&e=9999999999&s=a&s=b`),
  picture('with no end', `/content/media/${SHA}/w640.webp?v=1&e=Infinity&s=a`),
  picture('with an end that is an object', `/content/media/${SHA}/w640.webp?e[x]=1&s[__proto__]=1`),
  picture('of an odd size', `/content/media/${SHA}/w99999999.webp`),
  picture('of another type', `/content/media/${SHA}/original.png`),
  picture('that is the original', `/content/media/${SHA}/original`),
  picture('out of its folder', `/content/media/${SHA}/..%2f..%2foriginals`),
  picture('by a short address', '/content/media/aaaa/w640.webp'),
  picture('by a path that is no text', '/content/media/%ff/w640.webp'),
  picture('a playlist without a token', `/content/media/${SHA}/hls/index.m3u8`),
  picture('a playlist with a made-up token', `/content/media/${SHA}/hls/aaaa.bbbb/index.m3u8`),
  picture('a segment out of its folder', `/content/media/${SHA}/hls/..%2f..%2fsecret.ts`),
];

import type { IncomingMessage } from 'node:http';

/**
 * Whether a page may open a socket: browsers do not ask beforehand as they do for HTTP, they only say who asks. Programs say nothing and may; the
 * gateway's own pages may.
 */
export function isOriginAllowed({ headers }: IncomingMessage, origins: readonly string[] | undefined): boolean {
  const { origin, host } = headers;
  return origins === undefined || origin === undefined || origins.includes(origin) || origin.replace(/^https?:\/\//u, '') === host;
}

/** The client's address behind so many proxies of ours, as express reads it for HTTP. */
export function addressOf({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const told = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map((part) => part.trim()).filter(Boolean); // prettier-ignore
  const behind = told.at(-Math.min(trustedProxies, told.length));
  return (trustedProxies > 0 && told.length > 0 ? behind : socket.remoteAddress) ?? '';
}

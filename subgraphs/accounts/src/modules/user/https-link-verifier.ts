import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { LinkVerifier } from './link-verifier.js';
import { linkIn } from './profile.policy.js';
import { isPublicAddress } from './public-address.policy.js';
import { linksBack } from './rel-me.policy.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 65_536;
const MAX_REDIRECTS = 3;

/**
 * Fetches the page itself: https on its own port, public addresses only, 5 seconds and 64 KB in all. The address that was checked is the one that
 * is connected to, so a name that changes its answer in between gains nothing; every redirect is checked anew.
 */
export const httpsLinkVerifier: LinkVerifier = {
  async verify(url, profileUrl, signal) {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const page = await fetchPage(url, deadline);
      return page !== null && linksBack(page, profileUrl);
    } catch {
      return false;
    }
  },
};

async function fetchPage(start: URL, signal: AbortSignal): Promise<string | null> {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await get(url, signal);
    const status = response.statusCode ?? 0;
    if (status === 200) return /^text\/html\b/iu.test(response.headers['content-type'] ?? '') ? beginningOf(response) : dismiss(response);
    response.destroy();
    const next = status >= 301 && status <= 308 ? nextOf(response.headers.location, url) : null;
    if (next === null) return null;
    url = next;
  }
  return null;
}

function nextOf(location: string | undefined, from: URL): URL | null {
  return location !== undefined && URL.canParse(location, from.href) ? linkIn(new URL(location, from.href).href) : null;
}

function get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  // A literal address is never looked up.
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new Error('not a public address');
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Plaza-link-verifier/1.0' };
  return new Promise((resolve, reject) => {
    request(url, { signal, headers, lookup: publicLookup, agent: false }, resolve).on('error', reject).end();
  });
}

/** As the system's, but an answer with one private address is no answer. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error === null && (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))) {
      callback(Object.assign(new Error('not a public address'), { code: 'ENOTFOUND' }), '', 0);
    } else if (error !== null || first === undefined) callback(error, '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BYTES) break;
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, MAX_BYTES).toString('utf8');
}

function dismiss(response: IncomingMessage): null {
  response.destroy();
  return null;
}

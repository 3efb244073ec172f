import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Door } from './transports.js';

/** Something sent as it stands, by whoever writes their own HTTP. */
export interface HttpAttack {
  readonly name: string;
  /** The whole request, from its first line. */
  readonly bytes: (host: string) => Buffer | string;
  /** Of the first answer; null: the line is closed without one. */
  readonly statuses: readonly (number | null)[];
  /** What the answer must not have in it. */
  readonly without?: readonly string[];
  readonly profile?: 'production';
}

/** What came back until the line was closed. */
export interface RawAnswer {
  readonly status: number | null;
  readonly text: string;
}

const HANGS_MS = 60_000;

/** Sends bytes and takes what comes until the other side closes the line, which every attack asks it to. */
export async function sendRaw({ origin }: Door, bytes: (host: string) => Buffer | string): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.setTimeout(HANGS_MS, () => socket.destroy());
  socket.write(bytes(host));
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString('latin1');
  const status = /^HTTP\/1\.1 (\d{3})/u.exec(text)?.[1];
  return { status: status === undefined ? null : Number(status), text };
}

const QUERY = '{"query":"{ me { id } }"}';
type Headers = Readonly<Record<string, string>>;

const request =
  (line: string, headers: Headers = {}, body: Buffer | string = '') =>
  (host: string): Buffer => {
    const given = {
      host,
      connection: 'close',
      ...(body.length === 0 ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    };
    const head = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1'), Buffer.from(body)]);
  };
const post = (headers: Headers, body: Buffer | string = QUERY) =>
  request('POST /graphql', { 'content-type': 'application/json', ...headers }, body);
const raw = (text: string) => (host: string) => text.replaceAll('HOST', host);
const GET = 'GET /graphql?query=%7B__typename%7D';

const table = <T>(of: Readonly<Record<string, T>>, each: (name: string, value: T) => HttpAttack): readonly HttpAttack[] =>
  Object.entries(of).map(([name, value]) => each(name, value));

/** A page of another site may send these without asking. */
const SIMPLE = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'message/rfc822',
  'application/octet-stream',
  'text/json',
  'application/jsonx',
  'application/graphql',
];
const CHARSETS = ['utf-7', 'utf-16', 'utf-32', 'iso-8859-1', 'shift_jis', '"utf-16le"', 'x-user-defined'];
const IDENTITIES: Headers = {
  'x-user-id': 'user_01h455vb4pex5vsknk084sn02q',
  'x-viewer-id': '00000000-0000-0000-0000-000000000001',
  'x-plaza-assertion': 'a.b',
  'x-forwarded-user': 'admin',
  'x-forwarded-for': '127.0.0.1',
  'x-real-ip': '127.0.0.1',
  forwarded: 'for=127.0.0.1;by=gateway',
  cookie: 'session=admin; token=admin',
  'x-original-url': '/metrics',
  'x-rewrite-url': '/metrics',
  'x-http-method-override': 'DELETE',
  'x-forwarded-host': 'evil.example',
};
const TOKENS = [
  'Bearer x',
  'Bearer',
  'Basic YWRtaW46YWRtaW4=',
  'bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
  'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJwbGF6YSIsImF1ZCI6InBsYXphIn0.',
  `Bearer ${'a'.repeat(5_000)}`,
  'Bearer a, Bearer b',
  'Bearer ../../etc/passwd',
  'null',
  'undefined',
];
/** Paths that lead nowhere, or out of where they are. */
const PATHS = [
  '//',
  '///graphql',
  '/graphql/../metrics/../../etc/passwd',
  '/%',
  '/%ff%fe',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/content/%2e%2e%2f%2e%2e%2fetc/passwd',
  '/content/media/%00',
  '/content/media/../../../../etc/passwd',
  '/content/uploads/../../internal-secret',
  '/accounts/%',
  '/commerce/providers/__proto__/notices',
  '/calls/accounts.publicKeys',
  '/events',
  '/subscriptions',
  '/.env',
  '/.git/config',
  '/__proto__',
  'http://evil.example/graphql',
  'http://[',
  '*',
];
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};
const ORIGINS = [
  'https://evil.example',
  'http://plaza.example',
  'https://plaza.example.evil.example',
  'https://evilplaza.example',
  'https://plaza.example:444',
  'https://evil.example#https://plaza.example',
  'https://user@plaza.example@evil.example',
  'null',
  '',
];

/** Every attack on HTTP itself and on what stands around the graph. */
export const HTTP_ATTACKS: readonly HttpAttack[] = [
  ...SIMPLE.map((type): HttpAttack => ({
    name: `a form’s POST as ${type}`,
    bytes: post({ 'content-type': type }),
    statuses: [400],
    without: ['"data"'],
  })),
  ...SIMPLE.map((type): HttpAttack => ({
    name: `a link’s GET as ${type}`,
    bytes: request(GET, { 'content-type': type }),
    statuses: [400],
    without: ['"data"'],
  })),
  { name: 'a link’s GET', bytes: request(GET), statuses: [400], without: ['"data"'] },
  { name: 'a link’s GET for a stream', bytes: request(GET, { accept: 'text/event-stream' }), statuses: [400], without: ['__typename'] },
  {
    name: 'a mutation by GET',
    bytes: request('GET /graphql?query=mutation%7Blogout%7B__typename%7D%7D', { 'apollo-require-preflight': '1' }),
    statuses: [405, 400, 200],
    without: ['LogoutOk'],
  },
  {
    name: 'a mutation by GET for a stream',
    bytes: request('GET /graphql?query=mutation%7Blogout%7B__typename%7D%7D', {
      'apollo-require-preflight': '1',
      accept: 'text/event-stream',
    }),
    statuses: [405],
    without: ['LogoutOk'],
  },
  ...CHARSETS.map((charset): HttpAttack => ({
    name: `the character set ${charset}`,
    bytes: post({ 'content-type': `application/json; charset=${charset}` }),
    statuses: [415],
  })),
  ...['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE'].map((method): HttpAttack => ({
    name: `the method ${method}`,
    bytes: request(`${method} /graphql`),
    statuses: [400, 405],
    without: ['"data"'],
  })),
  { name: 'the method CONNECT', bytes: raw('CONNECT accounts:4101 HTTP/1.1\r\nHost: HOST\r\n\r\n'), statuses: [null, 400, 404, 405] },
  ...table<string>(
    {
      'a batch': `[${QUERY},${QUERY}]`,
      'a batch of one': `[${QUERY}]`,
      'a batch of five thousand': `[${Array.from({ length: 5_000 }, () => QUERY).join(',')}]`,
      'an empty batch': '[]',
      'a text': '"{ me { id } }"',
      null: 'null',
      'no JSON': '{"query":',
      'JSON deep in lists': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'JSON deep in objects': `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`,
      'an operation that is a list': '{"query":["{ me { id } }"]}',
      'an operation that is an object': '{"query":{"$ne":null}}',
      'a polluted body': '{"__proto__":{"query":"{ me { id } }"}}',
      'nothing of an operation': '{}',
    },
    (name, body) => ({ name: `a body: ${name}`, bytes: post({}, body), statuses: [400], without: ['"data"'] }),
  ),
  { name: 'a body that is too large', bytes: post({}, `{"query":"{ me { id } }","junk":"${'x'.repeat(300_000)}"}`), statuses: [413] },
  {
    name: 'a body that is said to be huge',
    bytes: request('POST /graphql', { 'content-type': 'application/json', 'content-length': '99999999999' }),
    statuses: [413],
  },
  {
    name: 'a small body that unpacks to a large one',
    bytes: post({ 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(20_000_000, 'x'))),
    statuses: [413],
  },
  { name: 'a body that is packed in an odd way', bytes: post({ 'content-encoding': 'x-evil' }), statuses: [415] },
  { name: 'a body that is said to be packed', bytes: post({ 'content-encoding': 'gzip' }), statuses: [400] },
  ...Object.entries(IDENTITIES).map(([name, value]): HttpAttack => ({
    name: `the header ${name} in place of a token`,
    bytes: post({ [name]: value }),
    statuses: [200],
    without: ['viewer_', 'ratelimit-user'],
  })),
  ...TOKENS.map((token): HttpAttack => ({
    name: `the token ${token.slice(0, 30)}`,
    bytes: post({ authorization: token }),
    statuses: [401],
    without: ['"data"'],
  })),
  ...TOKENS.map((token): HttpAttack => ({
    name: `the token ${token.slice(0, 30)} for a stream`,
    bytes: post({ authorization: token, accept: 'text/event-stream' }),
    statuses: [401],
    without: ['"data"'],
  })),
  ...PATHS.map((path): HttpAttack => ({
    name: `GET ${path}`,
    bytes: request(`GET ${path}`),
    statuses: path === '//' ? [200, 404] : path.startsWith('/content/uploads') ? [401] : [400, 404],
    without: ['root:', 'plaza_', 'BEGIN'],
  })),
  ...PATHS.map((path): HttpAttack => ({
    name: `POST ${path}`,
    bytes: request(`POST ${path}`, { 'content-type': 'application/json' }, '{}'),
    statuses: path.startsWith('/content/uploads') ? [401] : [400, 404, 405],
    without: ['root:', 'plaza_', 'BEGIN'],
  })),
  ...PATHS.map((path): HttpAttack => ({ name: `a socket at ${path}`, bytes: request(`GET ${path}`, UPGRADE), statuses: [400, 404] })),
  ...ORIGINS.map((origin): HttpAttack => ({
    name: `a socket of a page of ${origin || 'nowhere'}`,
    bytes: request('GET /graphql', { ...UPGRADE, origin }),
    statuses: [403],
    profile: 'production',
  })),
  ...ORIGINS.map((origin): HttpAttack => ({
    name: `an answer to a page of ${origin || 'nowhere'}`,
    bytes: post({ origin }),
    statuses: [200],
    without: ['access-control-allow-origin', 'Access-Control-Allow-Origin'],
    profile: 'production',
  })),
  ...ORIGINS.map((origin): HttpAttack => ({
    name: `leave for a page of ${origin || 'nowhere'}`,
    bytes: request('OPTIONS /graphql', { origin, 'access-control-request-method': 'POST' }),
    statuses: [204],
    without: ['access-control-allow-origin', 'access-control-allow-methods'],
    profile: 'production',
  })),
  { name: 'a socket without a key', bytes: request('GET /graphql', { ...UPGRADE, 'sec-websocket-key': 'x' }), statuses: [400] },
  {
    name: 'a socket of another version',
    bytes: request('GET /graphql', { ...UPGRADE, 'sec-websocket-version': '7' }),
    statuses: [400, 426],
  },
  { name: 'an upgrade to something else', bytes: request('GET /graphql', { ...UPGRADE, upgrade: 'h2c' }), statuses: [400] },
  { name: 'a header of twenty kilobytes', bytes: post({ 'x-long': 'x'.repeat(20_000) }), statuses: [431] },
  {
    name: 'three thousand headers',
    bytes: post(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`x-${n}`, 'x']))),
    statuses: [431],
  },
  { name: 'an address of twenty kilobytes', bytes: request(`GET /graphql?query=${'x'.repeat(20_000)}`), statuses: [431] },
  {
    name: 'a thousand parameters',
    bytes: request(`GET /graphql?${'query=%7Bme%7Bid%7D%7D&'.repeat(400)}`, { 'apollo-require-preflight': '1' }),
    statuses: [400],
  },
  {
    name: 'parameters that are polluted',
    bytes: request('GET /graphql?query[__proto__]=x&__proto__[query]=%7Bme%7Bid%7D%7D', { 'apollo-require-preflight': '1' }),
    statuses: [400],
  },
  {
    name: 'a line break in the request’s id',
    bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-Request-Id: a\nInjected: yes\r\nContent-Length: 0\r\n\r\n`),
    statuses: [400],
    without: ['Injected'],
  },
  {
    name: 'a request’s id that is none',
    bytes: post({ 'x-request-id': '"><script>injected</script>' }),
    statuses: [200],
    without: ['injected'],
  },
  {
    name: 'a wish for a trace',
    bytes: post({ 'apollo-federation-include-trace': 'ftv1' }),
    statuses: [200],
    without: ['ftv1', 'extensions'],
  },
  {
    name: 'a wish for a plan',
    bytes: post({ 'apollo-query-plan-experimental': '1', 'apollo-expose-query-plan': 'true' }),
    statuses: [200],
    without: ['queryPlan', 'extensions'],
  },
  {
    name: 'two lengths',
    bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`),
    statuses: [400],
  },
  {
    name: 'a length and chunks',
    bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\nQ`),
    statuses: [400],
  },
  {
    name: 'chunks by another name',
    bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n1\r\nZ\r\n0\r\n\r\n`),
    statuses: [400, 501],
  },
  {
    name: 'a chunk of no size',
    bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`),
    statuses: [400],
  },
  { name: 'a length below nothing', bytes: raw(`POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n`), statuses: [400] },
  { name: 'no host', bytes: raw(`GET /graphql HTTP/1.1\r\n\r\n`), statuses: [400] },
  { name: 'another protocol', bytes: raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), statuses: [400, null] },
  { name: 'no HTTP at all', bytes: () => Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), statuses: [400, null] },
];

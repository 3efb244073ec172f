import { randomBytes } from 'node:crypto';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';

/** What somebody who reaches a subgraph's port has to work with. */
export interface Reach {
  readonly name: SubgraphName;
  /** http://127.0.0.1:<port> of the subgraph. */
  readonly base: string;
  /** The installation's, for assertions that are genuine but for one thing. */
  readonly secret: Uint8Array;
  /** An access token of somebody's. */
  readonly token: string;
}

/** One attack at a subgraph's own port. */
export interface DoorAttack {
  readonly name: string;
  readonly send: (reach: Reach) => Promise<Response>;
  readonly statuses: readonly number[];
}

const SERVICE = { query: '{ _service { sdl } }', variables: {} };
const ENTITIES = {
  query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
  variables: { r: [{ __typename: 'Viewer', id: 'viewer_01h455vb4pex5vsknk084sn02q' }] },
};
/** As exchanges. */
const ONE = JSON.stringify([SERVICE]);
const TWO = JSON.stringify([SERVICE, ENTITIES]);
const claims = (): Claims => ({
  viewer: { id: newId(), sessionId: newId(), epoch: 0, scopes: ['plaza:operator'] },
  issuer: 'gateway',
  requestId: newId(),
  address: null,
  userAgent: null,
});

function post({ base }: Reach, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
}
/** Signs for a body, for the subgraph itself unless another is named. */
type Sign = (reach: Reach, body: string, audience?: string) => string;
const sign: Sign = (reach, body, audience = reach.name) => new Assertions(reach.secret).mint(claims(), audience, body);
/** For an exchange of so many requests. */
const signExchange =
  (count: number): Sign =>
  (reach, body, audience = reach.name) => {
    const by = new Assertions(reach.secret);
    const saying = { by, claims: claims(), told: {} };
    return by.mintTogether(
      Array.from({ length: count }, () => saying),
      audience,
      Buffer.from(body),
    );
  };
const other = (name: SubgraphName): SubgraphName => (name === 'content' ? 'social' : 'content');

/** As one exchange; its status is the best that a request in it had. */
async function postTogether(reach: Reach, requests: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const answer = await post(reach, '/graphql/together', requests, headers);
  if (answer.status !== 200) return answer;
  const lines = (await answer.text()).trim().split('\n');
  const statuses = lines.map((line) => (JSON.parse(line) as [number, number])[1]); // as the door writes it
  return new Response(lines.join('\n'), { status: Math.min(...statuses) });
}

/** What is said of the visit, for each of the doors. */
interface Visit {
  readonly path: (name: SubgraphName) => string;
  readonly body: unknown;
  readonly signed: (name: SubgraphName) => string;
}
const CALL = (name: SubgraphName) => `${name}.eventsPosition`;
const VISITS: Readonly<Record<string, Visit>> = {
  'the schema': { path: () => '/graphql', body: SERVICE, signed: () => assertionBody.execute(SERVICE) },
  entities: { path: () => '/graphql', body: ENTITIES, signed: () => assertionBody.execute(ENTITIES) },
  'a subscription': { path: () => '/subscriptions', body: SERVICE, signed: () => assertionBody.subscribe(SERVICE) },
  'a call': { path: (name) => `/calls/${CALL(name)}`, body: {}, signed: (name) => assertionBody.call(CALL(name), {}) },
  events: { path: () => '/events', body: [], signed: () => assertionBody.deliver([]) },
};

/** What stands in place of the assertion that is asked for. */
const PAPERS: Readonly<Record<string, (reach: Reach, body: string, sign: Sign) => Readonly<Record<string, string>>>> = {
  nothing: () => ({}),
  'an empty assertion': () => ({ 'x-plaza-assertion': '' }),
  nonsense: () => ({ 'x-plaza-assertion': 'a.b' }),
  'a viewer’s token': ({ token }) => ({ authorization: `Bearer ${token}` }),
  'a viewer’s token for an assertion': ({ token }) => ({ 'x-plaza-assertion': token }),
  'an assertion for another subgraph': (reach, body, sign) => ({ 'x-plaza-assertion': sign(reach, body, other(reach.name)) }),
  'an assertion for another body': (reach, body, sign) => ({ 'x-plaza-assertion': sign(reach, `${body} `) }),
  'an assertion of another installation': (reach, body, sign) => ({
    'x-plaza-assertion': sign({ ...reach, secret: randomBytes(32) }, body),
  }),
  'an assertion without its signature': (reach, body, sign) => ({ 'x-plaza-assertion': sign(reach, body).split('.')[0] ?? '' }),
  'an assertion with another viewer': (reach, body, sign) => ({ 'x-plaza-assertion': changed(sign(reach, body), { viewer: null }) }),
  'an assertion of another issuer': (reach, body, sign) => ({ 'x-plaza-assertion': changed(sign(reach, body), { issuer: 'accounts' }) }),
  'an assertion that is made to live longer': (reach, body, sign) => ({
    'x-plaza-assertion': changed(sign(reach, body), { expiresAt: Number.MAX_SAFE_INTEGER }),
  }),
  'an assertion that is over': (reach, body, sign) => ({ 'x-plaza-assertion': overdue(() => sign(reach, body)) }),
  'two assertions': (reach, body, sign) => ({ 'x-plaza-assertion': `${sign(reach, body)}, ${sign(reach, body)}` }),
  'an assertion of ten kilobytes': () => ({ 'x-plaza-assertion': `${'a'.repeat(10_000)}.b` }),
};

function changed(assertion: string, lie: Readonly<Record<string, unknown>>): string {
  const [payload = '', signature = ''] = assertion.split('.');
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>; // made above
  return `${Buffer.from(JSON.stringify({ ...said, ...lie })).toString('base64url')}.${signature}`;
}

/** Minted a minute ago: only the clock says so. */
function overdue(sign: () => string): string {
  const { now } = Date;
  Date.now = () => now() - 60_000;
  try {
    return sign();
  } finally {
    Date.now = now;
  }
}

const genuine = (reach: Reach, body: string): Record<string, string> => ({ 'x-plaza-assertion': sign(reach, body) });

/** Every attack at the port of one subgraph. */
export const DOOR_ATTACKS: readonly DoorAttack[] = [
  ...Object.entries(VISITS).flatMap(([what, { path, body, signed }]) =>
    Object.entries(PAPERS).map(([paper, headers]): DoorAttack => ({
      name: `${what} with ${paper}`,
      send: (reach) => post(reach, path(reach.name), body, headers(reach, signed(reach.name), sign)),
      statuses: [401],
    })),
  ),
  ...Object.entries(PAPERS).map(([paper, headers]): DoorAttack => ({
    name: `an exchange with ${paper}`,
    send: (reach) => postTogether(reach, ONE, headers(reach, ONE, signExchange(1))),
    statuses: [401],
  })),
  {
    name: 'an exchange of two on the assertion of one',
    send: (reach) => postTogether(reach, TWO, { 'x-plaza-assertion': signExchange(1)(reach, TWO) }),
    statuses: [401],
  },
  {
    name: 'an exchange of one on the assertion of two',
    send: (reach) => postTogether(reach, ONE, { 'x-plaza-assertion': signExchange(2)(reach, ONE) }),
    statuses: [401],
  },
  {
    name: 'an exchange in another order',
    send: (reach) => postTogether(reach, JSON.stringify([ENTITIES, SERVICE]), { 'x-plaza-assertion': signExchange(2)(reach, TWO) }),
    statuses: [401],
  },
  {
    name: 'an exchange on the assertion of a query',
    send: (reach) => postTogether(reach, ONE, genuine(reach, assertionBody.execute(SERVICE))),
    statuses: [401],
  },
  {
    name: 'an exchange on the assertion of a query whose body it is',
    send: (reach) => postTogether(reach, ONE, genuine(reach, ONE)),
    statuses: [401],
  },
  {
    name: 'a query on the assertion of an exchange',
    send: (reach) => post(reach, '/graphql', SERVICE, { 'x-plaza-assertion': signExchange(1)(reach, assertionBody.execute(SERVICE)) }),
    statuses: [401],
  },
  {
    name: 'a call that is none, signed',
    send: (reach) => post(reach, '/calls/__proto__', {}, genuine(reach, assertionBody.call('__proto__', {}))),
    statuses: [400],
  },
  { name: 'a call whose name is no text', send: (reach) => post(reach, '/calls/%', {}, genuine(reach, 'x')), statuses: [400] },
  {
    name: 'a call under another’s name',
    send: (reach) => post(reach, `/calls/${CALL(reach.name)}`, {}, genuine(reach, assertionBody.call('x', {}))),
    statuses: [401],
  },
  {
    name: 'a call with the name in another spelling',
    send: (reach) => post(reach, `/calls/..%2f${CALL(reach.name)}`, {}, genuine(reach, assertionBody.call(CALL(reach.name), {}))),
    statuses: [401],
  },
  {
    name: 'the assertion of a query for events',
    send: (reach) => post(reach, '/events', [], genuine(reach, assertionBody.execute(SERVICE))),
    statuses: [401],
  },
  {
    name: 'the assertion of a query for a call',
    send: (reach) => post(reach, `/calls/${CALL(reach.name)}`, SERVICE, genuine(reach, assertionBody.execute(SERVICE))),
    statuses: [401],
  },
  { name: 'a body that is no JSON', send: (reach) => post(reach, '/graphql', '{', genuine(reach, 'x')), statuses: [400] },
  { name: 'a body of another shape', send: (reach) => post(reach, '/graphql', [SERVICE], genuine(reach, 'x')), statuses: [400] },
  {
    name: 'events of another shape',
    send: (reach) => post(reach, '/events', [{ type: 'post.published' }], genuine(reach, 'x')),
    statuses: [400],
  },
  { name: 'seventeen megabytes', send: (reach) => post(reach, '/graphql', `"${'x'.repeat(17 * 1024 * 1024)}"`), statuses: [401] },
  { name: 'a query by GET', send: ({ base }) => fetch(`${base}/graphql?query=%7B_service%7Bsdl%7D%7D`), statuses: [404] },
  { name: 'a call by GET', send: ({ base, name }) => fetch(`${base}/calls/${CALL(name)}`), statuses: [404] },
  {
    name: 'a wish for a trace',
    send: (reach) => post(reach, '/graphql', SERVICE, { 'apollo-federation-include-trace': 'ftv1' }),
    statuses: [401],
  },
  { name: 'the graph by another path', send: (reach) => post(reach, '/graphql/', SERVICE), statuses: [404] },
  { name: 'the graph by a path in capitals', send: (reach) => post(reach, '/GraphQL', SERVICE), statuses: [404] },
];

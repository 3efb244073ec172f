import { setTimeout as pause } from 'node:timers/promises';
import type { SubgraphPort } from '@plaza/calls/subgraph-port';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Manner, type Misbehaving, misbehaving, wellMannered } from './misbehaving.js';
import { startWorld, type World } from './world.js';

const READ_MS = 15_000;
/** Of it, for the subgraph that misbehaves. */
const SOCIAL_MS = 1_500;
/** And where it is sure not to answer, so that the wait is all there is to see. */
const IN_VAIN_MS = 200;
/** Of our own making on top of what is waited for; what is measured is that nobody waits for a subgraph without an end. */
const SLACK_MS = 10_000;
const QUERY = '{ thing(id: "t1") { title n: name } }';

let world: World;
let social: Misbehaving;
/** Read at each visit. */
const subgraphMs = { social: SOCIAL_MS };
beforeAll(async () => {
  let small: SubgraphPort | undefined;
  // The gateway asks for its ports when it needs them: the one over HTTP can come later.
  world = await startWorld({
    between: (port) => {
      if (port.name !== 'social') return port;
      small = port;
      const later = (): SubgraphPort => social.port;
      return {
        name: port.name,
        execute: (request, assertion) => later().execute(request, assertion),
        subscribe: (request, assertion) => later().subscribe(request, assertion),
        call: (name, input, assertion) => port.call(name, input, assertion),
        deliver: (events, assertion) => port.deliver(events, assertion),
        ready: () => port.ready(),
      };
    },
    gateway: { patience: { readMs: READ_MS, writeMs: READ_MS, subgraphMs } },
  });
  if (small === undefined) throw new Error('there is no social');
  social = await misbehaving(small);
});
afterAll(async () => {
  await world.stop();
  await social.stop();
});
afterEach(async () => {
  social.manner = wellMannered;
  subgraphMs.social = SOCIAL_MS;
  await heal();
  social.visits = 0;
});

/** Rests are measured by the world's clock. */
async function heal(): Promise<void> {
  for (let tried = 0; tried < 5; tried += 1) {
    world.state.now += 10_000;
    const { body } = await world.post(QUERY);
    if (body.errors === undefined) return;
  }
  throw new Error('the subgraph did not heal');
}

/** What speaks of the machine and not of the request. */
const INNER = /social|internal|postgres|secret|SELECT|ECONN|Prisma|4101|127\.0\.0\.1|node_modules/u;
const hangs: Manner = () => undefined;
const stops: Manner = (response) => response.destroy();
const json =
  (text: string): Manner =>
  (response) =>
    void response.end(text);

describe('a subgraph that', () => {
  it.each<readonly [string, Manner]>([
    ['stops', stops],
    ['stops in the middle of its answer', (response) => void response.write('{"data":{"_ent', () => response.destroy())],
    ['answers what is no JSON', json('<html>Error at http://social.internal:4101 in PrismaClient</html>')],
    ['answers nothing', json('')],
    ['answers a list', json('[1,2,3]')],
    ['answers a word', json('"SELECT * FROM users"')],
    ['answers data that is none', json('{"data":"postgres://secret"}')],
    ['answers errors that are none', json('{"data":null,"errors":["SELECT","x"]}')],
    [
      'answers errors without a word of ours',
      json('{"errors":[{"message":"connect ECONNREFUSED postgres://secret","path":["_entities",0,"name"]}]}'),
    ],
    ['answers neither data nor errors', json('{"hello":"PrismaClient"}')],
    ['answers something else than it was asked for', json('{"data":{"_entities":[{"__typename":"Thing","name":{"secret":"postgres"}}]}}')],
    [
      'answers names that every object has',
      json('{"data":{"__proto__":{"polluted":"postgres"},"constructor":{"prototype":{"polluted":1}},"_entities":[null]}}'),
    ],
    ['answers too few entities', json('{"data":{"_entities":[]}}')],
    ['answers ten megabytes', json(JSON.stringify({ data: { _entities: [{ name: 'x'.repeat(10_000_000) }] } }))],
    ['answers without an end', (response) => void endless(response)],
    ['answers another status', (response) => void response.writeHead(500).end('{"data":{"_entities":[{"name":"postgres"}]}}')],
    ['sends elsewhere', (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()],
  ])('%s: its part is null within the bound, the rest is there, and no inner word', async (_what, manner) => {
    expect(await answerWhere(manner)).toEqual(THE_REST);
  });

  it.each<readonly [string, Manner]>([
    ['hangs', hangs],
    ['hangs in the middle of its answer', (response) => void response.write('{"data":{')],
    ['is slow', (response, answer) => void pause(IN_VAIN_MS * 3).then(() => wellMannered(response, answer))],
  ])('%s: its part is null within the bound, the rest is there, and no inner word', async (_what, manner) => {
    subgraphMs.social = IN_VAIN_MS;
    expect(await answerWhere(manner)).toEqual(THE_REST);
  });

  const THE_REST = { status: 200, data: { thing: { title: 'Title t1', n: null } }, isInTime: true, inner: null, polluted: [] };

  async function answerWhere(manner: Manner): Promise<unknown> {
    social.manner = manner;
    const startedAt = performance.now();
    const { status, body, text } = await world.post(QUERY);
    const isInTime = performance.now() - startedAt < SOCIAL_MS + SLACK_MS;
    const polluted = [...Object.keys(Object.prototype), ...('polluted' in {} ? ['polluted'] : [])];
    return { status, data: body.data, isInTime, inner: INNER.exec(text)?.[0] ?? null, polluted };
  }

  it('is away is named by the places that it leaves empty, in the client’s words', async () => {
    social.manner = stops;
    const { body } = await world.post('{ things(first: 3) { title n: name } other: thing(id: "t1") { score } }');
    expect(body.errors).toHaveLength(4);
    expect(body.extensions).toEqual({ degraded: ['other.score', 'things.n'] });
  });

  it('is away is named also where nothing of the answer is left', async () => {
    world.state.dead.add('accounts');
    const { body } = await world.post('{ things(first: 1) { title } }');
    world.state.dead.delete('accounts');
    expect(body).toMatchObject({ data: null, extensions: { degraded: ['things'] } });
  });

  it('has an answer is not spoken of', async () => {
    const { body } = await world.post(QUERY);
    expect(body).toEqual({ data: { thing: { title: 'Title t1', n: 'Name of t1' } } });
  });
});

describe('a read that failed at once', () => {
  it('is tried once more, and nobody notices', async () => {
    let isFirst = true;
    social.manner = (response, answer) => {
      if (isFirst) response.destroy();
      else wellMannered(response, answer);
      isFirst = false;
    };
    const { body } = await world.post(QUERY);
    expect(body.errors).toBeUndefined();
    expect(social.visits).toBe(2);
  });

  it('is not tried a third time', async () => {
    social.manner = stops;
    await world.post(QUERY);
    expect(social.visits).toBe(2);
  });

  it('is no write: what may have had its effect is sent once', async () => {
    social.manner = stops;
    await world.post('mutation { open(value: "x") { name } }');
    expect(social.visits).toBe(1);
  });

  it('is paid for: where all fail, second tries end', async () => {
    social.manner = stops;
    for (let n = 0; n < 60; n += 1) await world.post(QUERY);
    expect(social.visits).toBeLessThan(60 + 30);
    social.manner = wellMannered;
    for (let n = 0; n < 60; n += 1) await world.post(QUERY);
  });
});

describe('a subgraph that let several wait in vain', () => {
  it('is left in peace for a rest, then looked at by one, and is back when it answers', async () => {
    social.manner = hangs;
    await Promise.all(Array.from({ length: 5 }, () => world.post(QUERY)));
    expect(social.visits).toBe(5);
    const { body } = await world.post(QUERY);
    expect([body.data, social.visits]).toEqual([{ thing: { title: 'Title t1', n: null } }, 5]);
    expect(body.extensions).toEqual({ degraded: ['thing.n'] });
    expect((await world.send('/metrics')).text).toContain('plaza_gateway_breaker_open{subgraph="social"} 1');
    world.state.now += 10_000;
    await Promise.all(Array.from({ length: 4 }, () => world.post(QUERY)));
    expect(social.visits).toBe(6);
    social.manner = wellMannered;
    world.state.now += 10_000;
    expect((await world.post(QUERY)).body.errors).toBeUndefined();
    expect((await world.post(QUERY)).body.errors).toBeUndefined();
    expect((await world.send('/metrics')).text).toContain('plaza_gateway_breaker_open{subgraph="social"} 0');
  });
});

describe('a deadline', () => {
  it('travels with each fetch, signed, and what comes later is taken off it', async () => {
    world.fetches.length = 0;
    const before = Date.now();
    await world.post(QUERY);
    const deadlines = world.fetches.map(({ claims }) => claims.deadline ?? 0);
    expect(deadlines).toHaveLength(2);
    for (const deadline of deadlines) expect(deadline).toBeGreaterThan(before);
    for (const deadline of deadlines) expect(deadline).toBeLessThanOrEqual(Date.now() + READ_MS);
    // The second subgraph has less of the same request's time.
    expect(deadlines[1]).toBeLessThan(deadlines[0] ?? 0);
  });
});

/** What a subgraph of the same process does: its port is a function, and nothing stands between that could stop it. */
type OwnManner = (answer: () => Promise<unknown>) => Promise<unknown>;

describe('a subgraph of the same process that', () => {
  let near: World;
  let manner: OwnManner = (answer) => answer();
  beforeAll(async () => {
    near = await startWorld({
      between: (port) => {
        if (port.name !== 'social') return port;
        const execute: SubgraphPort['execute'] = async (request, assertion) =>
          (await manner(() => port.execute(request, assertion))) as Awaited<ReturnType<SubgraphPort['execute']>>; // or anything else
        return { ...port, execute };
      },
      gateway: { patience: { readMs: READ_MS, writeMs: READ_MS, subgraphMs: { social: 250 } } },
    });
  });
  afterAll(() => near.stop());
  afterEach(async () => {
    manner = (answer) => answer();
    near.state.now += 10_000;
    await near.post(QUERY);
  });

  it.each<readonly [string, OwnManner]>([
    ['stops', () => Promise.reject(new Error('connect ECONNREFUSED postgres://secret'))],
    ['hangs', () => new Promise(() => undefined)],
    ['is slow', (answer) => pause(750).then(answer)],
    ['answers nothing', async () => undefined],
    ['answers a word', async () => 'SELECT * FROM users'],
    ['answers a list', async () => [1, 2, 3]],
    ['answers neither data nor errors', async () => ({ hello: 'PrismaClient' })],
    ['answers data that is none', async () => ({ data: 'postgres://secret' })],
    ['answers errors that are none', async () => ({ data: null, errors: ['SELECT', 'x'] })],
    ['answers something else than it was asked for', async () => ({ data: { _entities: [{ name: { secret: 'postgres' } }] } })],
    ['answers too few entities', async () => ({ data: { _entities: [] } })],
    [
      'answers names that every object has',
      async () => JSON.parse('{"data":{"__proto__":{"polluted":"postgres"},"_entities":[{"__proto__":{"polluted":1}}]}}'),
    ],
  ])('%s: its part is null, the rest is there, and no inner word', async (_what, own) => {
    manner = own;
    const { status, body, text } = await near.post(QUERY);
    expect(status).toBe(200);
    expect(body.data).toEqual({ thing: { title: 'Title t1', n: null } });
    expect(text).not.toMatch(INNER);
    expect('polluted' in {}).toBe(false);
  });

  it('answers ten megabytes: they are its own, and the rest is there', async () => {
    manner = async () => ({ data: { _entities: [{ name: 'x'.repeat(10_000_000) }] } });
    const { status, body } = await near.post(QUERY);
    expect([status, body.data?.['thing']]).toMatchObject([200, { title: 'Title t1' }]);
  });
});

async function endless(response: Parameters<Manner>[0]): Promise<void> {
  response.write('{"data":{"_entities":[{"name":"');
  const piece = 'x'.repeat(65_536);
  while (!response.destroyed) {
    response.write(piece);
    await pause(1);
  }
}

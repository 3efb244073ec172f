import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS } from './documents.js';
import { FILE_ATTACKS } from './files.js';
import { HTTP_ATTACKS, sendRaw } from './http.js';
import { MARK } from './mark.js';
import { CURSORS, GUEST_WRITES, LIVE_READS, READS, WRITES } from './reach.js';
import { gatherVictims, PROFILES, setStage, type Stage, type Victims } from './stage.js';
import { DOOR_ATTACKS } from './subgraph-doors.js';
import { hangUp, type Outcome, overPost, overSocket, TRANSPORTS } from './transports.js';

let stage: Stage;
let victims: Victims;
beforeAll(async () => {
  stage = await setStage();
  victims = await gatherVictims(stage);
});
afterAll(async () => {
  hangUp();
  await stage.stop();
});

const named = <T extends { readonly name: string }>(attacks: readonly T[]) => attacks.map((attack) => [attack.name, attack] as const);
const isForProfile = (profile: string) => (attack: { readonly profile?: string }) => (attack.profile ?? profile) === profile;
/** What carries subscriptions. */
const LIVE = new Set(['WebSocket', 'server-sent events', 'multipart']);
/** What speaks of the machine and not of the request. */
const INNER = /ECONNREFUSED|node_modules|file:\/\/|\bat .+:\d+:\d+|SELECT |[Pp]risma|[Pp]ostgre/u;

let cases = 0;
const count = <T>(attacks: readonly T[]): readonly T[] => {
  cases += attacks.length;
  return attacks;
};

/** What is wrong with an answer to an attack: something came of it, it was said in many words, or something is in them that is not for the asker. */
function faultsOf({ status, body, codes, data }: Outcome, allowed: readonly string[]): readonly string[] {
  const faults = [...(body.includes(MARK) ? ['hidden words'] : []), ...(INNER.test(body) ? [`inner words: ${body.slice(0, 300)}`] : [])];
  // An address that is too long Node refuses itself; a message that is none of the protocol's ends its socket.
  if (status === 431 || status === 4400) return faults;
  const answered = Object.values((data ?? {}) as Record<string, unknown>).some((value) => value !== null);
  return [
    ...faults,
    ...codes.filter((code) => !allowed.includes(code)),
    ...(codes.length > 0 && codes.length <= 3 ? [] : [`${codes.length} errors`]),
    ...(answered ? [`data: ${body.slice(0, 300)}`] : []),
    ...(body.length < 4_000 ? [] : [`${body.length} characters`]),
  ];
}

describe.each(PROFILES)('in the profile %s', (profile) => {
  // What a profile changes is one answer for all wires: the open one is tried over two, the closed one over all.
  const wires = Object.entries(TRANSPORTS).filter(([name]) => profile === 'production' || name === 'POST' || name === 'WebSocket');
  describe.concurrent.each(wires)('an operation over %s', (transport, send) => {
    const documents = DOCUMENTS.filter(isForProfile(profile)).filter(({ isLive }) => isLive !== true || LIVE.has(transport));
    it.each(named(count(documents)))('%s', async (_name, { operation, codes, bySomebody }) => {
      const outcome = await send(stage.doors[profile], operation, bySomebody === true ? victims.mallory.tokens.accessToken : undefined);
      expect(faultsOf(outcome, codes)).toEqual([]);
      if (profile === 'production') expect(outcome.body).not.toContain('Did you mean');
    });
  });

  it.each(named(count(HTTP_ATTACKS.filter(isForProfile(profile)))))('HTTP: %s', async (_name, { bytes, statuses, without = [] }) => {
    const { status, text } = await sendRaw(stage.doors[profile], bytes);
    expect(statuses).toContain(status);
    for (const word of [...without, MARK]) expect(text).not.toContain(word);
    expect(text).not.toMatch(INNER);
  });

  it.each(named(count(FILE_ATTACKS)))('files: %s', async (_name, { send, statuses }) => {
    const answer = await send(stage.doors[profile].origin, victims);
    expect(statuses).toContain(answer.status);
    const text = await answer.text();
    expect(text).not.toContain(MARK);
    expect(text).not.toMatch(INNER);
  });

  it.each(named(count(READS)))('a guest and Mallory look for %s', async (_name, { kind, operation }) => {
    // Whom a block hides from is who may come as a guest: they are asked about everything else.
    for (const token of kind === 'user' ? [victims.mallory.tokens.accessToken] : [undefined, victims.mallory.tokens.accessToken]) {
      const [hidden, missing] = await Promise.all(
        [victims.hidden[kind] ?? '', victims.never[kind] ?? ''].map((id) => overPost(stage.doors[profile], operation(id), token)),
      );
      expect(hidden?.body).toBe(missing?.body);
      expect(hidden?.status).toBe(200);
    }
  });

  describe.each(Object.entries(TRANSPORTS).filter(([name]) => LIVE.has(name)))('over %s', (_transport, send) => {
    it.each(named(count(LIVE_READS)))('Mallory is %s', async (_name, { kind, operation }) => {
      const token = victims.mallory.tokens.accessToken;
      const [hidden, missing] = await Promise.all(
        [victims.hidden[kind] ?? '', victims.never[kind] ?? ''].map((id) => send(stage.doors[profile], operation(id), token)),
      );
      expect([hidden?.codes, hidden?.messages, hidden?.data]).toEqual([missing?.codes, missing?.messages, missing?.data]);
    });
  });
});

/** What subgraphs decide is the same behind every door. */
describe('behind the door', () => {
  it.each(named(count(WRITES)))('Mallory tries %s', async (_name, { kind, operation }) => {
    const token = victims.mallory.tokens.accessToken;
    const [id, never] = [victims.hidden[kind] ?? '', victims.never[kind] ?? ''];
    const hidden = await overPost(stage.doors.production, operation(id), token);
    const missing = await overPost(stage.doors.production, operation(never), token);
    expect(hidden.body.replaceAll(id, never)).toBe(missing.body);
    expect(hidden.body).not.toContain('Ok"');
    expect(hidden.codes).not.toContain('INTERNAL');
  });

  it.each(named(count(GUEST_WRITES)))('a guest tries %s', async (_name, { operation }) => {
    for (const send of [overPost, overSocket]) {
      const outcome = await send(stage.doors.production, operation);
      expect(faultsOf(outcome, ['UNAUTHENTICATED', 'BAD_USER_INPUT'])).toEqual([]);
    }
  });

  it.each(named(count(CURSORS)))('Mallory reads %s', async (_name, { query, after }) => {
    for (const cursor of after === null ? victims.cursors : [after]) {
      const { codes, body } = await overPost(
        stage.doors.production,
        { query, variables: { after: cursor } },
        victims.mallory.tokens.accessToken,
      );
      expect(codes).not.toContain('INTERNAL');
      expect(body).not.toMatch(INNER);
      for (const theirs of victims.cursors) expect(body).not.toContain(theirs);
    }
  });
});

describe.each(SUBGRAPH_NAMES)('at the port of %s', (name) => {
  it.each(named(count(DOOR_ATTACKS)))('%s', async (_name, { send, statuses }) => {
    const reach = { name, base: stage.ports[name], secret: stage.world.ground.secret, token: victims.anna.tokens.accessToken };
    const answer = await send(reach);
    expect(statuses).toContain(answer.status);
    const text = await answer.text();
    expect(text.length).toBeLessThan(1_000);
    expect(text).not.toMatch(INNER);
  });
});

describe.each(PROFILES)('after all of it, in the profile %s, Plaza', (profile) => {
  it('goes on as if nothing had been', async () => {
    const door = stage.doors[profile];
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await overPost(door, { query: '{ me { user { handle } } }' }, victims.anna.tokens.accessToken)).data).toEqual({
      me: { user: { handle: victims.anna.handle } },
    });
    const own = await overPost(
      door,
      { query: 'query ($id: ID!) { node(id: $id) { ... on Post { text likeCount } } }', variables: { id: victims.hidden['post'] } },
      victims.anna.tokens.accessToken,
    );
    expect(own.body).toContain(MARK);
  });
});

it('are four hundred attacks at least', () => {
  expect(cases).toBeGreaterThanOrEqual(400);
});

import { type Amiss, withAside } from '@plaza/calls/aside';
import type { ExecutionResult } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { client, listen, wait } from './socket-client.js';
import { startWorld, type World } from './world.js';

let world: World;
/** By subgraph. */
const said = new Map<string, Amiss>();
beforeAll(async () => {
  world = await startWorld({
    between: (port) => {
      const spoken = <T extends ExecutionResult>(answer: T): T => {
        const amiss = said.get(port.name);
        return amiss === undefined ? answer : withAside(answer, { amiss });
      };
      return {
        name: port.name,
        execute: async (request, assertion) => spoken(await port.execute(request, assertion)),
        subscribe: async (request, assertion) => {
          const live = await port.subscribe(request, assertion);
          if (!(Symbol.asyncIterator in live)) return live;
          return (async function* () {
            for await (const event of live) yield spoken(event);
          })();
        },
        call: (name, input, assertion) => port.call(name, input, assertion),
        deliver: (events, assertion) => port.deliver(events, assertion),
        ready: () => port.ready(),
      };
    },
  });
});
afterAll(async () => world.stop());
afterEach(() => said.clear());

const stale = (...fields: readonly string[]): Amiss => ({ stale: fields, degraded: [] });

describe('What a subgraph says is behind', () => {
  it('is named by its places, in the client’s own keys, with all of the answer', async () => {
    said.set('social', stale('Thing.name', 'Thing.score'));
    const { body } = await world.post(
      '{ things(first: 2) { title n: name } one: thing(id: "t1") { ...scored } } fragment scored on Thing { score }',
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({ things: [{ n: 'Name of t1' }, { n: 'Name of t2' }] });
    expect(body.extensions).toEqual({ stale: ['one.score', 'things.n'] });
  });

  it('is named below an interface too', async () => {
    said.set('accounts', stale('Thing.title'));
    const { body } = await world.post('{ node(id: "t1") { id ... on Thing { heading: title } } anything { ... on Thing { title } } }');
    expect(body.extensions).toEqual({ stale: ['anything.title', 'node.heading'] });
  });

  it('is not named where the answer has nothing of it', async () => {
    said.set('accounts', stale('Thing.title', 'Thing.legacyId', 'Query.admins'));
    said.set('social', stale('Thing.name'));
    const { body } = await world.post(
      'query ($no: Boolean = false) { thing(id: "t1") { id part { label } name @include(if: $no) } whoami }',
    );
    expect(body.extensions).toBeUndefined();
  });

  it('is named beside what stays empty', async () => {
    said.set('accounts', stale('Query.things'));
    world.state.dead.add('social');
    const { body } = await world.post('{ things(first: 1) { title name } }');
    world.state.dead.delete('social');
    expect(body.extensions).toEqual({ degraded: ['things.name'], stale: ['things'] });
  });

  it('is not heard by who asks for something else', async () => {
    said.set('accounts', stale('Query.whoami'));
    expect((await world.post('{ things(first: 1) { title } }')).body.extensions).toBeUndefined();
  });

  it('goes with an event of a subscription', async () => {
    said.set('content', stale('Subscription.ticks'));
    const socket = client(world);
    const heard = listen(socket, 'subscription { t: ticks(of: "t1") { count } }');
    await wait(() => world.log.open > 0, 'an upstream');
    world.log.write();
    expect(await heard.has(1)).toMatchObject([{ extensions: { stale: ['t'] } }]);
    await socket.dispose();
  });
});

describe('What a subgraph says cannot be had', () => {
  it('is named with what is degraded', async () => {
    said.set('accounts', { stale: [], degraded: ['Thing.title'] });
    const { body } = await world.post('{ things(first: 1) { heading: title } }');
    expect(body.errors).toBeUndefined();
    expect(body.extensions).toEqual({ degraded: ['things.heading'] });
  });
});

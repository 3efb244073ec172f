import { randomUUID } from 'node:crypto';
import { type Span, traceTo } from '@plaza/telemetry/tracing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from './world.js';

let world: World;
const spans: Span[] = [];
beforeAll(async () => {
  world = await startWorld();
  traceTo({ take: (span) => spans.push(span), stop: () => Promise.resolve() });
});
afterAll(async () => {
  traceTo(null);
  await world.stop();
});
beforeEach(() => {
  spans.length = 0;
  world.fetches.length = 0;
});
const of = (requestId: string): readonly Span[] => spans.filter(({ traceId }) => traceId === requestId.replaceAll('-', ''));

describe('a request that is traced', () => {
  it('has one id from the client through each fetch, which its subgraph is told of', async () => {
    const requestId = randomUUID();
    await world.post('query Names { thing(id: "t1") { title name } }', { headers: { 'x-request-id': requestId }, operationName: 'Names' });
    const [accounts, social, whole] = of(requestId);
    expect(of(requestId).map(({ name }) => name)).toEqual(['fetch accounts', 'fetch social', 'query Names']);
    expect(whole).toMatchObject({ parentSpanId: undefined, error: undefined, attributes: { 'graphql.operation.type': 'query' } });
    for (const span of [accounts, social]) expect(span?.parentSpanId).toBe(whole?.spanId);
    expect(world.fetches.map(({ claims }) => [claims.requestId, claims.span])).toEqual([
      [requestId, accounts?.spanId],
      [requestId, social?.spanId],
    ]);
  });

  it('says what went wrong by its code, and nothing of what was sent or answered', async () => {
    const requestId = randomUUID();
    world.state.dead.add('social');
    await world.post('query ($id: ID!) { thing(id: $id) { name } }', { variables: { id: 't1' }, headers: { 'x-request-id': requestId } });
    world.state.dead.delete('social');
    const lost = of(requestId).filter(({ name }) => name === 'fetch social');
    expect(new Set(lost.map(({ error }) => error))).toEqual(new Set(['UNAVAILABLE']));
    expect(of(requestId).at(-1)).toMatchObject({ name: 'query', error: 'UNAVAILABLE' });
    expect(JSON.stringify(spans)).not.toMatch(/t1|ECONN|4101/u);
  });
});

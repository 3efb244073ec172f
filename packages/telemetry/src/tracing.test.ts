import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { startTracing } from './start-tracing.js';
import { type Span, traceTo, traced } from './tracing.js';

const requestId = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const logger = createLogger('silent', 'test');

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[];
  }[];
}

let collector: Server;
let endpoint: string;
const sent: { readonly url: string | undefined; readonly body: Sent }[] = [];
beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ url: request.url, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Sent });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`; // it listens on a port
});
afterAll(() => collector.close());
afterEach(() => traceTo(null));

describe('a trace', () => {
  it('has the request’s id, and each span the one that it is a part of', async () => {
    const spans: Span[] = [];
    traceTo({ take: (span) => spans.push(span), stop: () => Promise.resolve() });
    await traced({ name: 'outer', kind: 'server', requestId }, (parent) =>
      traced({ name: 'inner', kind: 'client', requestId, parent, attributes: { subgraph: 'social' } }, async () => 1),
    );
    const [inner, outer] = spans;
    expect(inner).toMatchObject({ name: 'inner', parentSpanId: outer?.spanId, attributes: { subgraph: 'social' }, kind: 3 });
    expect(outer).toMatchObject({ name: 'outer', parentSpanId: undefined, kind: 2, error: undefined });
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set(['0190a1b2c3d47e5f8a9b0c1d2e3f4a5b']));
    expect(spans.every(({ spanId, startMs, endMs }) => /^[0-9a-f]{16}$/u.test(spanId) && endMs >= startMs)).toBe(true);
  });

  it('says what went wrong by its code, thrown or returned', async () => {
    const spans: Span[] = [];
    traceTo({ take: (span) => spans.push(span), stop: () => Promise.resolve() });
    const start = { name: 'x', kind: 'client', requestId } as const;
    await traced(start, () => Promise.reject(Object.assign(new Error('postgres://secret'), { code: 'UNAVAILABLE' }))).catch(
      () => undefined,
    );
    await traced(start, () => Promise.reject(new Error('postgres://secret'))).catch(() => undefined);
    await traced(
      start,
      async () => 'RATE_LIMITED',
      (result) => result,
    );
    expect(spans.map(({ error }) => error)).toEqual(['UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED']);
    expect(JSON.stringify(spans)).not.toContain('secret');
  });

  it('is of a share of the requests, the same ones everywhere', async () => {
    const spans: Span[] = [];
    traceTo({ take: (span) => spans.push(span), stop: () => Promise.resolve() }, 0.5);
    for (const last of ['00000000', '7fffffff', '80000000', 'ffffffff'])
      await traced({ name: last, kind: 'server', requestId: `0190a1b2-c3d4-7e5f-8a9b-0000${last}` }, async () => undefined);
    expect(spans.map(({ name }) => name)).toEqual(['00000000', '7fffffff']);
  });

  it('costs nothing while nobody traces: there is no id', async () => {
    expect(await traced({ name: 'x', kind: 'server', requestId }, async (id) => id)).toBeUndefined();
  });
});

describe('tracing by the environment', () => {
  it('goes to the collector that it names, in OTLP', async () => {
    const stop = await startTracing('gateway', logger, { OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/` });
    await traced({ name: 'Home', kind: 'server', requestId }, async () => undefined);
    await traced({ name: 'Bad', kind: 'server', requestId }, () => Promise.reject(new Error('x'))).catch(() => undefined);
    await stop();
    const [first] = sent;
    expect(first?.url).toBe('/v1/traces');
    expect(first?.body.resourceSpans[0]?.resource).toEqual({ attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] });
    expect(first?.body.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([
      {
        traceId: '0190a1b2c3d47e5f8a9b0c1d2e3f4a5b',
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/u),
        name: 'Home',
        kind: 2,
        startTimeUnixNano: expect.stringMatching(/^\d{19}$/u),
        endTimeUnixNano: expect.stringMatching(/^\d{19}$/u),
        attributes: [],
        status: {},
      },
      expect.objectContaining({ name: 'Bad', status: { code: 2, message: 'INTERNAL' } }),
    ]);
  });

  it('is not there without an address, and refuses what is none', async () => {
    const stop = await startTracing('gateway', logger, {});
    expect(await traced({ name: 'x', kind: 'server', requestId }, async (id) => id)).toBeUndefined();
    await stop();
    await expect(startTracing('gateway', logger, { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    );
    await expect(startTracing('gateway', logger, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: '2' })).rejects.toThrow(
      'OTEL_TRACES_SAMPLER_ARG',
    );
  });

  it('lets go of what cannot be sent', async () => {
    const stop = await startTracing('gateway', logger, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(await traced({ name: 'x', kind: 'server', requestId }, async () => 'done')).toBe('done');
    await stop();
  });
});

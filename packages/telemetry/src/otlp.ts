import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Logger } from './logger.js';
import type { Span, SpanSink } from './tracing.js';

export interface OtlpOptions {
  /** The collector's base address, as OTEL_EXPORTER_OTLP_ENDPOINT has it: http://127.0.0.1:4318 */
  readonly endpoint: string;
  readonly service: string;
  readonly logger: Logger;
  /** Between two sendings. */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
/** Spans in one sending. */
const BATCH = 512;
/** Spans that may wait: a collector that is away costs no more memory. */
const MOST_WAITING = 8_192;
const PATIENCE_MS = 5_000;

/** Sends spans to an OpenTelemetry collector by OTLP over HTTP, as JSON. What cannot be sent is dropped: nothing of Plaza waits for it. */
export class OtlpSink implements SpanSink {
  readonly #options: OtlpOptions;
  readonly #address: URL;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> = Promise.resolve();
  #hasFailed = false;

  /** @throws TypeError for an address that is none */
  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#address = new URL(`${options.endpoint.replace(/\/+$/u, '')}/v1/traces`);
    this.#timer = setInterval(() => void this.#flush(), options.everyMs ?? EVERY_MS).unref();
  }

  take(span: Span): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(span);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, BATCH);
        this.#waiting = this.#waiting.slice(BATCH);
        await this.#send(batch);
      }
    });
    return this.#sending;
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const { service, logger } = this.#options;
    try {
      await post(this.#address, JSON.stringify(payload(service, spans)));
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) logger.warn({ err: error }, 'traces could not be sent');
      this.#hasFailed = true;
    }
  }
}

function post(address: URL, body: string): Promise<void> {
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = send(address, { method: 'POST', headers, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      response.resume();
      if (response.statusCode !== undefined && response.statusCode < 300) resolve();
      else reject(new Error(`the collector answered ${response.statusCode}`));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const ERROR_STATUS = 2;

/** ExportTraceServiceRequest in OTLP's JSON: ids as hexadecimal digits, times as nanoseconds in a string. */
function payload(service: string, spans: readonly Span[]): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'plaza' }, spans: spans.map(encoded) }],
      },
    ],
  };
}

function encoded({ startMs, endMs, error, parentSpanId, attributes: own, ...rest }: Span): object {
  return {
    ...rest,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributes(own),
    status: error === undefined ? {} : { code: ERROR_STATUS, message: error },
  };
}

const attributes = (values: Readonly<Record<string, string>>): readonly object[] =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** Beyond what a number holds exactly: the milliseconds and their fraction are written one after the other. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1_000_000)).padStart(6, '0')}`;
}

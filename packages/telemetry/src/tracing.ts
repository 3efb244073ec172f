/** OpenTelemetry's numbers for what a span is. */
export const SPAN_KIND = { server: 2, client: 3 } as const;

/** Where and how long something was worked on. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** What went wrong, in a word of a closed list. */
  readonly error: string | undefined;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: keyof typeof SPAN_KIND;
  /** The request that it belongs to, a UUID: its digits are the trace's id, so that logs, errors and traces speak of one thing. */
  readonly requestId: string;
  /** Id of the span that this one is a part of. */
  readonly parent?: string | undefined;
  /** Of closed lists, and names that clients chose; never what they sent. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Takes spans that are over. Must not throw. */
export interface SpanSink {
  take(span: Span): void;
  /** Sends what waits. */
  stop(): Promise<void>;
}

let sink: SpanSink | null = null;
let share = 1;

/** From now on spans of this process go to the sink; null: they are not made. `sampled` is the share of requests, the same ones in every process. */
export function traceTo(next: SpanSink | null, sampled = 1): void {
  sink = next;
  share = sampled;
}

/**
 * Runs `work` within a span, and tells it the span's id for what it starts in turn: undefined while nobody traces, or not this request. `outcome`
 * says of a result that did not throw what went wrong with it.
 */
export function traced<T>(
  start: SpanStart,
  work: (spanId: string | undefined) => Promise<T>,
  outcome: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  const to = sink;
  const traceId = to === null ? null : sampledId(start.requestId);
  return to === null || traceId === null ? work(undefined) : watched(to, traceId, start, work, outcome);
}

async function watched<T>(
  to: SpanSink,
  traceId: string,
  start: SpanStart,
  work: (spanId: string) => Promise<T>,
  outcome: (result: T) => string | undefined,
): Promise<T> {
  const spanId = newSpanId();
  const startMs = performance.timeOrigin + performance.now();
  const end = (error: string | undefined): void => {
    const { name, kind, parent: parentSpanId, attributes = {} } = start;
    const endMs = performance.timeOrigin + performance.now();
    to.take({ traceId, spanId, parentSpanId, name, kind: SPAN_KIND[kind], startMs, endMs, attributes, error });
  };
  try {
    const result = await work(spanId);
    end(outcome(result));
    return result;
  } catch (error) {
    end(error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL');
    throw error;
  }
}

/** Null for a request that is not traced. The last digits of a UUID are random, whatever its version. */
function sampledId(requestId: string): string | null {
  const digits = requestId.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/u.test(digits)) return null;
  return share >= 1 || Number.parseInt(digits.slice(-8), 16) < share * 2 ** 32 ? digits : null;
}

function newSpanId(): string {
  const half = (): string => Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, '0'); // prettier-ignore
  const id = half() + half();
  // All zeros means none.
  return id === '0000000000000000' ? newSpanId() : id;
}

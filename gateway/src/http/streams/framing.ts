/** How a stream of results is written into one HTTP answer. Every text is whole: it can be sent and understood by itself. */
export interface Framing {
  readonly contentType: string;
  /** Sent at once, so that the client knows that it is heard. */
  readonly begin: string;
  /** A result that is JSON already. */
  next(json: Buffer): Buffer;
  /** Says nothing, and shows whether the line still holds. */
  readonly beat: string;
  /** There is nothing more to come. */
  readonly complete: string;
  /** There is nothing more to come because of this. */
  failed(errors: string): string;
  /** The line is let go of while there was more to come: its client should come again. `errors` says why. */
  left(errors: string): string;
}

const SSE_DATA = Buffer.from('event: next\ndata: ');
const SSE_END = Buffer.from('\n\n');
const SSE_COMPLETE = 'event: complete\ndata: \n\n';

/** The protocol of the `graphql-sse` library in its mode of distinct connections. Its client comes again by itself after a line that ended without `complete`. */
export const eventStream: Framing = {
  contentType: 'text/event-stream; charset=utf-8',
  begin: ':\n\n',
  next: (json) => Buffer.concat([SSE_DATA, json, SSE_END]),
  beat: ':\n\n',
  complete: SSE_COMPLETE,
  failed: (errors) => `event: next\ndata: {"errors":${errors}}\n\n${SSE_COMPLETE}`,
  left: () => '',
};

const BOUNDARY = '\r\n--graphql';
const PART_HEAD = '\r\ncontent-type: application/json\r\n\r\n';
const PART = Buffer.from(`${PART_HEAD}{"payload":`);
const PART_END = Buffer.from(`}${BOUNDARY}`);

/** Apollo's `multipart/mixed;subscriptionSpec=1.0`. A part counts once its boundary has come, so each carries the boundary that follows it. */
export const multipart: Framing = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  begin: BOUNDARY,
  next: (json) => Buffer.concat([PART, json, PART_END]),
  beat: `${PART_HEAD}{}${BOUNDARY}`,
  complete: '--\r\n',
  failed: (errors) => `${PART_HEAD}{"payload":null,"errors":${errors}}${BOUNDARY}--\r\n`,
  left: (errors) => multipart.failed(errors),
};

/** The streaming that a client names in `accept`; null when it names none. What takes anything takes no stream. */
export function framingFor(accept: string | undefined): Framing | null {
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type, ...parameters] = part.split(';').map((word) => word.trim());
    if (type === 'text/event-stream') return eventStream;
    if (type === 'multipart/mixed' && parameters.some((word) => /^subscriptionspec="?1\.0"?$/u.test(word))) return multipart;
  }
  return null;
}

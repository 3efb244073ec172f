import type { IncomingMessage } from 'node:http';

/** A body that is not taken; `status` is that of the answer. */
export class UnfitBody extends Error {
  readonly reason: 'large' | 'no JSON';
  readonly status: 400 | 413;

  constructor(reason: UnfitBody['reason'], options?: ErrorOptions) {
    super(`The body is ${reason}.`, options);
    this.reason = reason;
    this.status = reason === 'large' ? 413 : 400;
  }
}

const BOM = 0xfe_ff;

/**
 * The JSON of a request, read as UTF-8; undefined when it has no body, `{}` when that is empty.
 * @param limit in bytes
 * @throws UnfitBody once all of it has come, so that the answer finds its reader
 */
export async function jsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined && headers['content-length'] === undefined) return undefined;
  // Nearly always it came with its head: there is nothing to wait for.
  const bytes = hasArrived(request) ? whole(request, limit) : await arrived(request, limit);
  if (bytes === null || bytes.length === 0) return {};
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === BOM ? text.slice(1) : text) as unknown;
  } catch (error) {
    throw new UnfitBody('no JSON', { cause: error });
  }
}

/** Whether all bytes of the body are here, if nobody has taken any. */
export function hasArrived(request: IncomingMessage): boolean {
  return request.complete || request.readableLength === Number(request.headers['content-length']);
}

function whole(request: IncomingMessage, limit: number): Buffer | null {
  const bytes = request.read() as Buffer | null; // nobody has set an encoding
  // Its end is heard of by whoever waits for it.
  request.resume();
  if (bytes !== null && bytes.length > limit) throw new UnfitBody('large');
  return bytes;
}

function arrived(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once('end', () => (length > limit ? reject(new UnfitBody('large')) : resolve(Buffer.concat(chunks, length))));
    const gone = (cause?: Error): void => reject(new UnfitBody('no JSON', { cause }));
    request.once('error', gone).once('close', () => {
      if (!request.readableEnded) gone();
    });
  });
}

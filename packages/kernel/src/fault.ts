/**
 * What stops a request before or beside its result types. The graph shows the code as `extensions.code` of a top-level error; the list is
 * closed. INTERNAL is never thrown by hand: it is what everything unexpected becomes.
 */
export type FaultCode =
  | 'UNAUTHENTICATED'
  | 'INSUFFICIENT_SCOPE'
  | 'RATE_LIMITED'
  | 'COST_EXCEEDED'
  | 'BAD_USER_INPUT'
  | 'PERSISTED_QUERY_REQUIRED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** An error whose code and message may reach the client. `cause` stays in the log. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** Seconds after which a RATE_LIMITED request may come again. */
  readonly retryAfter: number | undefined;

  constructor(code: FaultCode, message: string, options: { readonly cause?: unknown; readonly retryAfter?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** An argument outside its bounds: `first`, a cursor, a malformed value. */
export const badUserInput = (message: string): Fault => new Fault('BAD_USER_INPUT', message);

/** Something that this answer needs cannot be reached now; the same request may work later. */
export const unavailable = (what: string, cause?: unknown): Fault => new Fault('UNAVAILABLE', `${what} is unavailable.`, { cause });

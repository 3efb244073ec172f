/** How large a request may be, and how many may come. What the graph's own clients send stays far below. */
export interface Limits {
  readonly document: DocumentLimits;
  readonly variables: VariableLimits;
  /** Weighted fields that an answer can have at most, lists taken at the size that was asked for: see cost.ts. */
  readonly cost: number;
  /** As `cost`, of operations of other people's apps. */
  readonly costOfApps: number;
  /** Of a request's body, in bytes. */
  readonly bodyBytes: number;
  /** From a request's headers to the last byte of its body. */
  readonly bodyMs: number;
  readonly rate: RateLimits;
  readonly sockets: SocketLimits;
}

/** Of WebSockets. */
export interface SocketLimits {
  /** Open from one network address; 0: no limit. */
  readonly perAddress: number;
  /** Open of one account; 0: no limit. */
  readonly perAccount: number;
  /** Operations that run at a time on one socket. */
  readonly operations: number;
  /** Messages of one socket in ten seconds. */
  readonly messages: number;
  /** From the connection to its `connection_init`. */
  readonly initMs: number;
  /** Bytes that one socket may leave untaken before it is sent nothing more until it has taken them. */
  readonly bufferedBytes: number;
}

export interface DocumentLimits {
  /** Fields within fields, fragments followed. */
  readonly depth: number;
  /** Written in the document. */
  readonly aliases: number;
  /** Written in the document, @skip and @include too. */
  readonly directives: number;
  /** Fields at the top of an operation, fragments followed. */
  readonly rootFields: number;
  /** Words, numbers, names and brackets of the text. */
  readonly tokens: number;
  /** Fields that an operation selects, each fragment counted as often as it is used. */
  readonly fields: number;
  /** The same field written again and again in one pair of braces. */
  readonly repeats: number;
  /** Variables that @skip and @include of an operation ask: each doubles what has to be planned. */
  readonly conditions: number;
}

export interface VariableLimits {
  /** As JSON, in bytes. */
  readonly bytes: number;
  /** Lists and objects within each other. */
  readonly depth: number;
}

/** Requests in a window; 0 requests: no limit. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

export interface RateLimits {
  /** Of one network address; the 2^64 addresses of an IPv6 network count as one. */
  readonly address: RateLimit;
  /** Of one account, wherever it is signed in. */
  readonly account: RateLimit;
  /** Of one app for one person, or in its own name; no limit without it. */
  readonly apps?: RateLimit;
  /** Operations of one client (account, or address of a guest) that have no plan yet; no limit without it. One that cannot be planned counts as thirty. */
  readonly newPlans?: RateLimit;
}

export const DEFAULT_LIMITS: Limits = {
  document: { depth: 15, aliases: 50, directives: 50, rootFields: 20, tokens: 2_000, fields: 500, repeats: 20, conditions: 4 },
  variables: { bytes: 100_000, depth: 20 },
  cost: 20_000,
  costOfApps: 5_000,
  bodyBytes: 262_144,
  bodyMs: 20_000,
  rate: {
    address: { requests: 6_000, seconds: 60 },
    account: { requests: 3_000, seconds: 60 },
    apps: { requests: 600, seconds: 60 },
    newPlans: { requests: 300, seconds: 60 },
  },
  sockets: { perAddress: 1_000, perAccount: 100, operations: 100, messages: 1_000, initMs: 5_000, bufferedBytes: 1_048_576 },
};

import type { Asker } from './identity/identify.js';
import type { Prepared } from './operations/operations.js';

/** Who and where a request comes from. */
export interface Caller extends Asker {
  readonly requestId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A request that passed every check: it may be executed. */
export interface AdmittedRequest {
  readonly kind: 'admitted';
  readonly caller: Caller;
  readonly prepared: Prepared;
  /** As given, and with their defaults, checked against the graph. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The viewer's epoch at the start; null for a guest. */
  readonly epoch: number | null;
  /** So long it took to tell what the viewer may see: it is taken off what subgraphs have for a query. Nothing without it. */
  readonly waitedMs?: number;
}

import { Fault, type FaultCode } from '@plaza/kernel/fault';
import { z } from 'zod';

const CODES = [
  'UNAUTHENTICATED',
  'INSUFFICIENT_SCOPE',
  'RATE_LIMITED',
  'COST_EXCEEDED',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_REQUIRED',
  'UNAVAILABLE',
  'INTERNAL',
] as const satisfies readonly FaultCode[];

const STATUS: Readonly<Partial<Record<FaultCode, number>>> = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  BAD_USER_INPUT: 400,
  UNAVAILABLE: 503,
};

const faultJson = z.object({ code: z.enum(CODES), message: z.string(), retryAfter: z.number().optional() });

export type FaultJson = z.infer<typeof faultJson>;

/** A Fault on the wire: HTTP status and body. */
export function toFaultJson(fault: Fault): { readonly status: number; readonly body: FaultJson } {
  const { code, message, retryAfter } = fault;
  return { status: STATUS[code] ?? 500, body: { code, message, ...(retryAfter === undefined ? {} : { retryAfter }) } };
}

/** The Fault of a body; null when it is none. */
export function fromFaultJson(body: unknown): Fault | null {
  const parsed = faultJson.safeParse(body);
  if (!parsed.success) return null;
  const { code, message, retryAfter } = parsed.data;
  return new Fault(code, message, retryAfter === undefined ? {} : { retryAfter });
}

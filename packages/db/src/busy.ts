/** Of PostgreSQL: no room on its disk, no memory, no connection left, it goes down or comes up, a statement that was ended because it took too long. */
const BUSY_CODES = new Set([
  '53100',
  '53200',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);
/** What pg and its pool say without a code. */
const BUSY_TEXT = /timeout exceeded when trying to connect|Connection terminated|the pool after calling end/iu;
/** Errors are wrapped by whoever passes them on, and not endlessly. */
const DEEPEST = 5;

/**
 * Whether this failure says that the database could not be had in time: that passes by itself, and is nobody's bug. Looks through the causes, and
 * through Prisma's adapter, which keeps the driver's code beside its own.
 */
export function isBusy(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < DEEPEST && current instanceof Error; depth += 1) {
    const { code, cause } = current as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && BUSY_CODES.has(code)) return true;
    if (BUSY_TEXT.test(current.message)) return true;
    if (typeof cause === 'object' && cause !== null && 'originalCode' in cause && BUSY_CODES.has(String(cause.originalCode))) return true;
    current = cause;
  }
  return false;
}

const LEAST = 8;
const MOST = 100;

/** What a client is told whose key {@link isIdempotencyKey} refuses. */
export const IDEMPOTENCY_KEY_RULE = `A key has ${LEAST} to ${MOST} characters.`;

/** Whether it may be an idempotency key: 8 to 100 characters, none of them NUL, which PostgreSQL does not keep. */
export const isIdempotencyKey = (key: string): boolean => key.length >= LEAST && key.length <= MOST && !key.includes('\0');

import { z } from 'zod';

/** `REDIS_URL`, with the password in it. */
export const redisUrl = z.url({ protocol: /^rediss?$/u, error: 'must be an address that begins with redis:// or rediss://' });

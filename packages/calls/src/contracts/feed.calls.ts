import { z } from 'zod';
import { defineCall } from '../call-contract.js';

/** For operators and tests: work out what trends now, instead of within half a minute. Answers when it is done. */
export const refreshTrends = defineCall('feed', 'refreshTrends', { input: z.object({}), output: z.object({}) });

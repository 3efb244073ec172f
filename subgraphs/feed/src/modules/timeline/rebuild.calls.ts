import { defineCall } from '@plaza/calls/call-contract';
import { z } from 'zod';

const checksums = z.object({ models: z.array(z.object({ model: z.string(), rows: z.number().int(), sum: z.string() })) });

/** For operators: build the read models anew. Answers at once; {@link modelChecksums} tells what came of it. */
export const rebuildModels = defineCall('feed', 'rebuild', { input: z.object({}), output: z.object({}) });

/** What the read models hold, and whether they are being built anew. */
export const modelChecksums = defineCall('feed', 'checksums', {
  input: z.object({}),
  output: checksums.extend({ isRebuilding: z.boolean() }),
});

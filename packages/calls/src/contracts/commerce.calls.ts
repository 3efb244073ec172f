import { z } from 'zod';
import { defineCall } from '../call-contract.js';

/** Those of the products that are on sale. */
export const existingProducts = defineCall('commerce', 'existingProducts', {
  input: z.object({ productIds: z.array(z.uuid()).max(100) }),
  output: z.object({ productIds: z.array(z.uuid()) }),
});

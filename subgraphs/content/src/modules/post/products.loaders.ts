import type { Asker, CallClient } from '@plaza/calls/call-client';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import DataLoader from 'dataloader';

/** existingProducts takes so many. */
const MAX_PRODUCTS_PER_CALL = 100;

/** One request's question whether products are on sale. @throws Fault UNAVAILABLE while commerce does not answer */
export function productLoader(calls: CallClient, asker: Asker): DataLoader<string, boolean> {
  return new DataLoader(
    async (ids) => {
      const { productIds } = await calls.ask(existingProducts, { productIds: [...ids] }, asker);
      const existing = new Set(productIds);
      return ids.map((id) => existing.has(id));
    },
    { maxBatchSize: MAX_PRODUCTS_PER_CALL },
  );
}

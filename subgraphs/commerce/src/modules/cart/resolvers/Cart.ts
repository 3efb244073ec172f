import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf, times } from '../../../money/amount.js';
import { messageOf, warningsOf } from '../cart.policy.js';
import type { CartResolvers } from './../../types.generated.js';

export const Cart: CartResolvers = {
  __resolveReference: async ({ id }, { scope, services }) => {
    const cart = scope.viewer === null ? null : await services.cart.of(scope.viewer.id);
    return cart !== null && toTypeId('cart', cart.id) === id ? cart : null;
  },
  id: ({ id }) => toTypeId('cart', id),
  total: async ({ lines }, _args, { loaders }) => {
    const variants = await Promise.all(lines.map(async ({ variantId }) => loaders.variant.load(variantId)));
    const currencyCode = variants.find((variant) => variant !== null)?.currencyCode;
    if (currencyCode === undefined) return null;
    return amountOf(
      lines.reduce((sum, { quantity }, index) => sum + times(variants[index]?.amountMinor ?? '0', quantity), 0n),
      currencyCode,
    );
  },
  warnings: async ({ lines }, _args, { loaders }) => {
    const variants = await Promise.all(lines.map(async ({ variantId }) => loaders.variant.load(variantId)));
    return lines.flatMap((line, index) =>
      warningsOf(line, variants[index] ?? null).map((code) => ({ code, message: messageOf(code), lineId: toTypeId('cartline', line.id) })),
    );
  },
};

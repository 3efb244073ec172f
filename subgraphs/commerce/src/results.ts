import { fromTypeId } from '@plaza/kernel/type-id';

type Thing = 'shop' | 'variant' | 'order' | 'seller order' | 'shipment';

/** The same for what never was, is gone or is hidden. */
export const notFound = (thing: Thing) =>
  ({ __typename: 'NotFoundError', code: 'NOT_FOUND', message: `There is no such ${thing}.` }) as const;

export const conflict = (from: string, to: string) =>
  ({ __typename: 'ConflictError', code: 'CONFLICT', message: `What is ${from} does not become ${to}.`, from, to }) as const;

const NOTHING = '00000000-0000-0000-0000-000000000000';

type Prefix = 'shop' | 'product' | 'variant' | 'media' | 'post' | 'order' | 'sellerorder' | 'orderline' | 'shipment' | 'refund';

/** The UUID in a TypeID. A malformed id becomes the nil UUID, which nothing has: so it is missing in the same way as any other. */
export const uuidOf = (prefix: Prefix, id: string): string => fromTypeId(prefix, id) ?? NOTHING;

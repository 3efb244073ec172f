import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';

type Thing =
  'user' | 'conversation' | 'message' | 'notification' | 'notification request' | 'notification endpoint' | 'join request' | 'join link';

/** The same for what never was, is gone or is hidden. */
export const notFound = (thing: Thing) =>
  ({ __typename: 'NotFoundError', code: 'NOT_FOUND', message: `There is no such ${thing}.` }) as const;

export const notAllowed = (message: string) => ({ __typename: 'NotAllowedError', code: 'NOT_ALLOWED', message }) as const;

/** Whatever the reason: a block, having left, closed requests. */
export const cannotWrite = () => notAllowed('You cannot write into this conversation.');

const NOTHING = '00000000-0000-0000-0000-000000000000';

type Prefix = 'user' | 'post' | 'product' | 'media' | 'conversation' | 'message' | 'notification' | 'endpoint' | 'joinlink';

/** The UUID in a TypeID. A malformed id becomes the nil UUID, which nothing has: so it is missing in the same way as any other. */
export const uuidOf = (prefix: Prefix, id: string): string => fromTypeId(prefix, id) ?? NOTHING;

export const idOf = (prefix: Prefix, uuid: string): string => toTypeId(prefix, uuid);

import { createHash } from 'node:crypto';
import { newId } from '@plaza/kernel/id';

/** Conversations are spread over so many buckets, for ever; buckets are spread over shards, for now. */
export const BUCKETS = 1_024;

/** How much of an id's end says its bucket: three hexadecimal digits, of which ten bits count. */
const TAIL = 3;

/** The bucket of a conversation, or of a message by its own id. */
export const bucketOf = (id: string): number => Number.parseInt(id.slice(-TAIL), 16) % BUCKETS;

/** A new message's id: a UUIDv7 that ends as its conversation's, so it says by itself on which shard the message is. */
export const newMessageId = (conversationId: string): string => newId().slice(0, -TAIL) + conversationId.slice(-TAIL);

/** The id of the one DIRECT conversation of two people: a name-based UUID (version 8) of the pair, so it is unique wherever it is made. */
export function directConversationId(one: string, other: string): string {
  const hex = createHash('sha256')
    .update(`plaza direct conversation ${[one, other].toSorted().join(' ')}`)
    .digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import { z } from 'zod';

/** An event on its way: the same shape in the outbox, on the wire and in a consumer's hands. */
export const eventEnvelope = z.object({
  /** UUIDv7; what inboxes remember. */
  id: z.uuid(),
  /** `post.published` */
  type: z.string(),
  /** Events with the same key arrive in the order of their making. */
  key: z.uuid(),
  occurredAt: z.iso.datetime(),
  /** Of those with the same key a later one has a greater number. Unknown of what an older version has sent. */
  number: z.number().int().positive().optional(),
  payload: z.record(z.string(), z.unknown()),
});

export type EventEnvelope = z.infer<typeof eventEnvelope>;

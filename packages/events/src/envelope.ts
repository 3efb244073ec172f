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
  payload: z.record(z.string(), z.unknown()),
});

export type EventEnvelope = z.infer<typeof eventEnvelope>;

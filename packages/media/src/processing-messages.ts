import { z } from 'zod';

/** What the worker's process says, a message a line of this union. */
export const workerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('progress'), percent: z.number() }),
  z.object({
    kind: z.literal('known'),
    known: z.object({ width: z.number(), height: z.number(), blurhash: z.string().nullable(), durationMs: z.number().nullable() }),
  }),
  z.object({
    kind: z.literal('made'),
    address: z.string(),
    width: z.number(),
    height: z.number(),
    blurhash: z.string().nullable(),
    durationMs: z.number().nullable(),
    hls: z.string().nullable(),
    variants: z.array(z.object({ name: z.string(), width: z.number(), height: z.number(), byteSize: z.number() })),
    objects: z.array(z.object({ name: z.string(), path: z.string() })),
  }),
  z.object({ kind: z.literal('rejected'), code: z.enum(['UNSUPPORTED_MEDIA', 'CORRUPT', 'TOO_LARGE', 'LIMIT_EXCEEDED']) }),
  z.object({ kind: z.literal('broken'), reason: z.string() }),
]);

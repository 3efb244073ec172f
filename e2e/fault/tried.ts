import { z } from 'zod';

/** When, of what and where it was tried. A commit with a plus is one with changes that were not committed. */
const Tried = z.object({ date: z.string(), commit: z.string(), machine: z.string(), seconds: z.number() });
const SeedRecord = Tried.extend({
  seed: z.number(),
  /** The print of the schedule that it had. */
  schedule: z.string(),
  done: z.number(),
  unclear: z.number(),
  /** Faults that found nothing to strike. */
  idle: z.array(z.string()).readonly(),
  /** What was done instead of a fault that the machine did not allow. */
  instead: z.array(z.string()).readonly().default([]),
  violations: z.array(z.string()).readonly(),
});
const BugRecord = Tried.extend({
  name: z.string(),
  /** What caught it, and what that said; null: nothing has. */
  caughtBy: z.nullable(z.string()),
});
const RoundsRecord = Tried.extend({
  /** What was killed again and again. */
  what: z.string(),
  seed: z.number(),
  rounds: z.number(),
  done: z.number(),
  unclear: z.number(),
  violations: z.array(z.string()).readonly(),
});
/** What came last of each. */
export const Record = z.object({ seeds: z.array(SeedRecord), planted: z.array(BugRecord), rounds: z.array(RoundsRecord).default([]) });
export type Record = z.infer<typeof Record>;
export type SeedRecord = z.infer<typeof SeedRecord>;
export type RoundsRecord = z.infer<typeof RoundsRecord>;
export type BugRecord = z.infer<typeof BugRecord>;
export type Tried = z.infer<typeof Tried>;

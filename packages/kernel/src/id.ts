import { v7 } from 'uuid';

const BYTES = 16;
/** Drawn at once for many: asking the system for each costs more than all the rest. */
const random = new Uint8Array(256 * BYTES);
let used = random.length;

let lastMs = -Infinity;
let sequence = 0;

/** A new UUIDv7 in its canonical text form: ids sort by the millisecond in which they were made, and those of this process in the order they were made in. */
export function newId(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  const drawn = random.subarray(used, (used += BYTES));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = firstOf(drawn);
  } else {
    sequence = (sequence + 1) | 0;
    if (sequence === 0) lastMs += 1;
  }
  return v7({ random: drawn, msecs: lastMs, seq: sequence });
}

/** Where counting within a millisecond begins: room for half of 32 bits is left at least. */
const firstOf = (drawn: Uint8Array): number =>
  (((drawn[6] ?? 0) & 0x7f) << 24) | ((drawn[7] ?? 0) << 16) | ((drawn[8] ?? 0) << 8) | (drawn[9] ?? 0);

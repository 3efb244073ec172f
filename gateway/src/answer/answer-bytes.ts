import type { DataText } from '../engine/engine.js';

/** Of answers that several requests are given. */
const shared = new WeakMap<DataText, Buffer | null>();

/** Says that somebody else is given the answer as well: its bytes are made once then. */
export function share(answer: DataText): void {
  if (!shared.has(answer)) shared.set(answer, null);
}

/** The body of an answer that is data alone; as text where every character of it is a byte. */
export function bodyOf(answer: DataText): Buffer | string {
  const known = shared.get(answer);
  if (known != null) return known;
  const text = `{"data":${answer.json}}\n`;
  const isAscii = answer.isAscii === true;
  if (isAscii && known === undefined) return text;
  const bytes = Buffer.from(text, isAscii ? 'latin1' : 'utf8');
  if (known === null) shared.set(answer, bytes);
  return bytes;
}

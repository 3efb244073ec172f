/** Length as people count it, near enough: code points. */
export const lengthOf = (text: string): number => [...text].length;

/** Trimmed and in one spelling, so that equal looks are equal texts. */
export const tidy = (text: string): string => text.normalize('NFC').trim();

/** Half a character: cannot be stored as UTF-8. */
const BROKEN = /\p{Surrogate}/u;
const CONTROLS = /\p{Cc}/u;
const CONTROLS_BUT_BREAKS = /(?!\n)\p{Cc}/u;
/** Characters that turn the direction of what follows: they let one name pass for another. */
const TURNING = /[\u202A-\u202E\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A text of one line in which something can be seen. */
export const isLine = (text: string): boolean => VISIBLE.test(text) && ![BROKEN, CONTROLS, TURNING].some((pattern) => pattern.test(text));

/** A text that may have several lines, or none. */
export const isText = (text: string): boolean => ![BROKEN, CONTROLS_BUT_BREAKS, TURNING].some((pattern) => pattern.test(text));

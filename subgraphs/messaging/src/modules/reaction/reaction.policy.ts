/** Of one person's under one message. */
export const MAX_OWN_REACTIONS = 5;
/** Different ones under one message. */
export const MAX_REACTIONS = 20;

// The flag is newer than the language level that this compiles to.
const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** Whether it is one emoji and nothing else. */
export const isEmoji = (text: string): boolean => EMOJI.test(text);

/** What every text that is not for Mallory has in it. */
export const MARK = 'x7hidden7x';

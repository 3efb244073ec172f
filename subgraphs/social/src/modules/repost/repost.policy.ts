import type { VisiblePost } from '../../looker.js';

/** What not everybody may see is not shown around, not even by its author. One's own public post may be. */
export const canRepost = ({ audience }: VisiblePost): boolean => audience === 'PUBLIC';

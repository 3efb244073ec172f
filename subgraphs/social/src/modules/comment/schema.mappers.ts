export type { CommentRow as CommentMapper } from './comment.store.js';

import type { Database, Tx } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import { commentAdded, commentDeleted, commentEdited } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Looker } from '../../looker.js';
import type { PostChanges } from '../../posts/post-changes.js';
import type { PostStatStore } from '../../posts/post-stat.store.js';
import { canDelete, canEdit, checkNewComment, checkText } from './comment.policy.js';
import { seeComment, type SeenComment } from './comment.sight.js';
import type { CommentRow, CommentStore } from './comment.store.js';

export interface CommentParts {
  readonly database: Database<unknown>;
  readonly changes: PostChanges;
  readonly outbox: Outbox;
  readonly comments: CommentStore;
}

export interface NewCommentInput {
  readonly postId: string;
  readonly text: string;
  readonly replyToId: string | null;
  readonly idempotencyKey: string;
}

interface Done {
  readonly kind: 'done';
  readonly comment: CommentRow;
}
interface Invalid {
  readonly kind: 'invalid';
  readonly fields: readonly FieldError[];
}
export type AddOutcome =
  Done | Invalid | { readonly kind: 'missing'; readonly what: 'post' | 'comment' } | { readonly kind: 'keyConflict' };
export type EditOutcome = Done | Invalid | { readonly kind: 'missing' } | { readonly kind: 'notAllowed' };
export type DeleteOutcome = Done | { readonly kind: 'missing' } | { readonly kind: 'notAllowed' };
export type LikeOutcome = Done | { readonly kind: 'missing' };

const MISSING = { kind: 'missing' } as const;
const NOT_ALLOWED = { kind: 'notAllowed' } as const;

/** Comments. Every change of a thread holds its post's row lock, so counts, empty places and events agree. */
export class CommentService {
  readonly #parts: CommentParts;

  constructor(parts: CommentParts) {
    this.#parts = parts;
  }

  async add(looker: Looker, { postId, text: raw, replyToId, idempotencyKey }: NewCommentInput): Promise<AddOutcome> {
    const [post, target] = await Promise.all([looker.posts.load(postId), replyToId === null ? null : this.#see(looker, replyToId)]);
    if (post === null) return { kind: 'missing', what: 'post' };
    const answered = target?.comment ?? null;
    if (replyToId !== null && (answered === null || answered.postId !== postId || answered.isDeleted))
      return { kind: 'missing', what: 'comment' };
    const text = raw.trim();
    const fields = checkNewComment(text, idempotencyKey);
    if (fields.length > 0) return { kind: 'invalid', fields };

    const { changes, outbox, comments } = this.#parts;
    const authorId = looker.viewerId;
    const offered = newId();
    const claim = await changes.run(postId, async (tx, stats) => {
      const parent = replyToId === null ? null : await comments.inTx(tx, replyToId);
      if (replyToId !== null && (parent === null || parent.isDeleted)) return { kind: 'missing' as const };
      const claimed = await claimKey(
        tx,
        { viewerId: authorId, mutation: 'addComment', key: idempotencyKey, input: { postId, text, replyToId } },
        offered,
      );
      if (claimed.kind !== 'first') return claimed;
      await comments.insert(tx, { id: offered, postId, authorId, replyToId, text });
      await stats.happened(tx, postId, { kind: 'COMMENT_ADDED', actorId: authorId, commentId: offered }, { comments: 1 });
      const replyToAuthorId = parent?.authorId ?? null;
      await outbox.append(tx, commentAdded, { commentId: offered, postId, postAuthorId: post.authorId, authorId, replyToAuthorId });
      return claimed;
    });
    if (claim.kind === 'missing') return { kind: 'missing', what: 'comment' };
    if (claim.kind === 'conflict') return { kind: 'keyConflict' };
    const comment = await this.#byId(claim.kind === 'repeat' ? claim.resultId : offered);
    return comment === null || comment.isDeleted ? { kind: 'missing', what: 'comment' } : { kind: 'done', comment };
  }

  async edit(looker: Looker, commentId: string, raw: string): Promise<EditOutcome> {
    const seen = await this.#see(looker, commentId);
    if (seen === null || seen.comment.isDeleted) return MISSING;
    if (!canEdit(looker.viewerId, seen.comment)) return NOT_ALLOWED;
    const text = raw.trim();
    const fields = checkText(text);
    if (fields.length > 0) return { kind: 'invalid', fields };
    return this.#change(seen, async (tx, stats, comment) => {
      if (comment.text === text) return;
      const { comments, outbox } = this.#parts;
      await comments.setText(tx, commentId, text);
      await stats.happened(tx, comment.postId, { kind: 'COMMENT_EDITED', actorId: comment.authorId, commentId });
      await outbox.append(tx, commentEdited, await this.#fact(tx, seen));
    });
  }

  async delete(looker: Looker, commentId: string): Promise<DeleteOutcome> {
    const seen = await this.#see(looker, commentId);
    if (seen === null || seen.comment.isDeleted) return MISSING;
    if (!canDelete(looker.viewerId, seen.comment, seen.post)) return NOT_ALLOWED;
    return this.#change(seen, async (tx, stats, comment) => {
      const { comments, outbox } = this.#parts;
      const fact = await this.#fact(tx, seen);
      await comments.delete(tx, comment);
      await stats.happened(tx, comment.postId, { kind: 'COMMENT_DELETED', actorId: comment.authorId, commentId }, { comments: -1 });
      await outbox.append(tx, commentDeleted, fact);
    });
  }

  async like(looker: Looker, commentId: string): Promise<LikeOutcome> {
    return this.#mark(looker, commentId, (tx) => this.#parts.comments.like(tx, commentId, looker.viewerId));
  }

  async unlike(looker: Looker, commentId: string): Promise<LikeOutcome> {
    return this.#mark(looker, commentId, (tx) => this.#parts.comments.unlike(tx, commentId, looker.viewerId));
  }

  async #see(looker: Looker, commentId: string): Promise<SeenComment | null> {
    return seeComment(await this.#byId(commentId), looker);
  }

  async #byId(commentId: string): Promise<CommentRow | null> {
    const [comment] = await this.#parts.comments.byIds([commentId]);
    return comment ?? null;
  }

  /** The comment may have gone between the look and the lock: then it is missing. */
  async #change(
    { comment: { id, postId } }: SeenComment,
    work: (tx: Tx, stats: PostStatStore, comment: CommentRow) => Promise<void>,
  ): Promise<Done | typeof MISSING> {
    const { changes, comments } = this.#parts;
    const before = await changes.run(postId, async (tx, stats) => {
      const comment = await comments.inTx(tx, id);
      if (comment === null || comment.isDeleted) return null;
      await work(tx, stats, comment);
      return comment;
    });
    return before === null ? MISSING : { kind: 'done', comment: (await this.#byId(id)) ?? before };
  }

  /** A like of a comment needs no more than the comment's own lock: it writes no event. */
  async #mark(looker: Looker, commentId: string, work: (tx: Tx) => Promise<boolean>): Promise<LikeOutcome> {
    const seen = await this.#see(looker, commentId);
    if (seen === null || seen.comment.isDeleted) return MISSING;
    const isThere = await this.#parts.database.transaction(async (tx) => {
      const comment = await this.#parts.comments.inTx(tx, commentId);
      if (comment === null || comment.isDeleted) return false;
      await work(tx);
      return true;
    });
    const comment = isThere ? await this.#byId(commentId) : null;
    return comment === null ? MISSING : { kind: 'done', comment };
  }

  async #fact(tx: Tx, { comment, post }: SeenComment) {
    const answered = comment.replyToId === null ? null : await this.#parts.comments.inTx(tx, comment.replyToId);
    return {
      commentId: comment.id,
      postId: comment.postId,
      postAuthorId: post.authorId,
      authorId: comment.authorId,
      replyToAuthorId: answered?.authorId ?? null,
    };
  }
}

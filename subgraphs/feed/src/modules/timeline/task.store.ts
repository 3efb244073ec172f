import type { Tx } from '@plaza/db/database';

/**
 * What is to be looked at again:
 * POST a post with those who follow the actor (null: any actor who brought it), FOLLOW what an actor brought with one reader,
 * READER a whole timeline, ACTOR what an actor brought with all followers.
 */
export type NewTask =
  | { readonly kind: 'POST'; readonly postId: string; readonly actorId: string | null; readonly number: number; readonly isEdit?: boolean }
  /** `isDirect`: live logs know already. */
  | { readonly kind: 'FOLLOW'; readonly userId: string; readonly actorId: string; readonly number: number; readonly isDirect: boolean }
  | { readonly kind: 'READER'; readonly userId: string }
  | { readonly kind: 'ACTOR'; readonly actorId: string };

/** A task and the last reader with whom it is done; null at its beginning. */
export type Task = NewTask & { readonly id: number; readonly afterId: string | null };

interface TaskColumns {
  readonly postId?: string;
  readonly actorId?: string | null;
  readonly userId?: string;
  readonly number?: number;
  readonly isEdit?: boolean;
  readonly isDirect?: boolean;
}

/** The work that changes of the read models left for the timelines. */
export class TaskStore {
  async add(tx: Tx, task: NewTask): Promise<void> {
    const { postId, actorId, userId, number, isEdit, isDirect }: TaskColumns = task;
    await tx.sql`
      INSERT INTO refresh_task (kind, post_id, actor_id, user_id, number, is_edit, is_direct)
      VALUES (
        ${task.kind}::task_kind, ${postId ?? null}, ${actorId ?? null}, ${userId ?? null}, ${number ?? 0}, ${isEdit ?? false}, ${isDirect ?? false}
      )`;
  }

  /** The next one: posts and follows in the order in which they took effect, then whole timelines, then actors. */
  async next(tx: Tx): Promise<Task | null> {
    const [task] = await tx.sql<Task>`
      SELECT id, kind, post_id AS "postId", actor_id AS "actorId", user_id AS "userId", after_id AS "afterId", number, is_edit AS "isEdit", is_direct AS "isDirect"
      FROM (
        (SELECT 0 AS rank, * FROM refresh_task WHERE kind = 'POST' ORDER BY number, id LIMIT 1)
        UNION ALL (SELECT 0, * FROM refresh_task WHERE kind = 'FOLLOW' ORDER BY number, id LIMIT 1)
        UNION ALL (SELECT 1, * FROM refresh_task WHERE kind = 'READER' ORDER BY number, id LIMIT 1)
        UNION ALL (SELECT 2, * FROM refresh_task WHERE kind = 'ACTOR' ORDER BY number, id LIMIT 1)
      ) AS task ORDER BY rank, number, id LIMIT 1`;
    return task ?? null;
  }

  async moveOn(tx: Tx, taskId: number, afterId: string): Promise<void> {
    await tx.sql`UPDATE refresh_task SET after_id = ${afterId} WHERE id = ${taskId}`;
  }

  async remove(tx: Tx, taskId: number): Promise<void> {
    await tx.sql`DELETE FROM refresh_task WHERE id = ${taskId}`;
  }
}

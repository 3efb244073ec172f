import type { Tx } from '@plaza/db/database';

/**
 * What is to be looked at again:
 * POST a post with those who follow the actor (null: any actor who brought it), FOLLOW what an actor brought with one reader,
 * READER a whole timeline, ACTOR what an actor brought with all followers.
 */
export type NewTask =
  | { readonly kind: 'POST'; readonly postId: string; readonly actorId: string | null }
  | { readonly kind: 'FOLLOW'; readonly userId: string; readonly actorId: string }
  | { readonly kind: 'READER'; readonly userId: string }
  | { readonly kind: 'ACTOR'; readonly actorId: string };

/** A task and the last reader with whom it is done; null at its beginning. */
export type Task = NewTask & { readonly id: number; readonly afterId: string | null };

/** The work that changes of the read models left for the timelines. */
export class TaskStore {
  async add(tx: Tx, task: NewTask): Promise<void> {
    const { postId, actorId, userId }: { postId?: string; actorId?: string | null; userId?: string } = task;
    await tx.sql`
      INSERT INTO refresh_task (kind, post_id, actor_id, user_id)
      VALUES (${task.kind}::task_kind, ${postId ?? null}, ${actorId ?? null}, ${userId ?? null})`;
  }

  /** The next one: posts before follows before whole timelines before actors, the oldest first. */
  async next(tx: Tx): Promise<Task | null> {
    const [task] = await tx.sql<Task>`
      SELECT id, kind, post_id AS "postId", actor_id AS "actorId", user_id AS "userId", after_id AS "afterId" FROM refresh_task ORDER BY kind, id LIMIT 1`;
    return task ?? null;
  }

  async moveOn(tx: Tx, taskId: number, afterId: string): Promise<void> {
    await tx.sql`UPDATE refresh_task SET after_id = ${afterId} WHERE id = ${taskId}`;
  }

  async remove(tx: Tx, taskId: number): Promise<void> {
    await tx.sql`DELETE FROM refresh_task WHERE id = ${taskId}`;
  }
}

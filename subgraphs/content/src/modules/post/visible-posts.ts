import type { People } from '@plaza/calls/people';
import { canSeePost } from '@plaza/visibility/can-see';
import type { PostRow } from './post.row.js';

/** Enough of a post to decide who may see it. */
export type PostHead = Pick<PostRow, 'id' | 'authorId' | 'audience'>;

/** Those of the posts that exist for the viewer. */
export async function visibleOnly<Post extends PostHead>(posts: readonly Post[], people: People): Promise<readonly Post[]> {
  const sights = await people.sights(posts.map(({ authorId }) => authorId));
  return posts.filter(({ authorId, audience }) => {
    const sight = sights.get(authorId);
    return sight !== undefined && canSeePost(sight, audience);
  });
}

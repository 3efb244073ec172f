/** Where the live bus tells that something has happened under a post. */
export const postChannel = (postId: string): string => `social:post:${postId}`;

/** A message on {@link postChannel}: the post itself has changed, so watchers may have to leave. Any other says that the log has grown. */
export const LOOK_AGAIN = 'look again';

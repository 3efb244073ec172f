import type { People } from '@plaza/calls/people';
import type { Audience, AuthorState } from '@plaza/visibility/can-see';

/** What accounts tells of a person. */
export interface Account {
  readonly state: AuthorState;
  /** Whoever wants to follow has to ask. */
  readonly isLocked: boolean;
}

/** A post that the viewer may see, as content says. */
export interface VisiblePost {
  readonly postId: string;
  readonly authorId: string;
  readonly audience: Audience;
}

/** The signed-in viewer of a request and what they may look at. Services get it with each question. */
export interface Looker {
  readonly viewerId: string;
  readonly people: People;
  readonly accounts: { load(userId: string): Promise<Account | null> };
  /** Null: missing or hidden. */
  readonly posts: { load(postId: string): Promise<VisiblePost | null> };
}

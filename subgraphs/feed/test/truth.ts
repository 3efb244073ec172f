import {
  blockCreated,
  blockRemoved,
  muteCreated,
  muteRemoved,
  followChanged,
  followCreated,
  followRemoved,
  postReposted,
  repostUndone,
} from '@plaza/events/contracts/social.events';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import type { Audience } from '@plaza/visibility/can-see';

export interface Post {
  readonly postId: string;
  readonly authorId: string;
  readonly revision: number;
  readonly audience: Audience;
  readonly language: string | null;
  readonly createdAt: string;
  readonly isDeleted: boolean;
}

export interface Follow {
  readonly id: string;
  readonly followerId: string;
  readonly followeeId: string;
  readonly reposts: boolean;
  readonly languages: readonly string[];
  readonly createdAt: string;
}

export interface Repost {
  readonly id: string;
  readonly postId: string;
  readonly authorId: string;
  readonly userId: string;
  readonly createdAt: string;
}

/** An item as the definition of home feeds has it. */
export interface TrueItem {
  readonly postId: string;
  readonly actorId: string;
  readonly kind: 'POST' | 'REPOST';
  readonly at: string;
}

/** What owners know, the events by which they tell it, and the home feed as the definition has it: no copies, no SQL. */
export class Truth {
  readonly posts = new Map<string, Post>();
  readonly follows = new Map<string, Follow>();
  readonly reposts = new Map<string, Repost>();

  publish(
    authorId: string,
    at: Date,
    options: { readonly audience?: Audience; readonly language?: string | null; readonly postId?: string } = {},
  ): EventEnvelope {
    const { audience = 'PUBLIC', language = null, postId = newId() } = options;
    const post: Post = { postId, authorId, revision: 1, audience, language, createdAt: at.toISOString(), isDeleted: false };
    this.posts.set(postId, post);
    return envelope(postPublished, postId, payload(post));
  }

  edit(postId: string, audience: Audience): EventEnvelope {
    const post = this.#change(postId, (before) => ({ ...before, audience, revision: before.revision + 1 }));
    return envelope(postEdited, postId, payload(post));
  }

  delete(postId: string): EventEnvelope {
    const { authorId } = this.#change(postId, (post) => ({ ...post, isDeleted: true }));
    return envelope(postDeleted, postId, { postId, authorId });
  }

  restore(postId: string): EventEnvelope {
    const post = this.#change(postId, (before) => ({ ...before, isDeleted: false }));
    return envelope(postRestored, postId, payload(post));
  }

  repost(userId: string, postId: string, at: Date): EventEnvelope {
    const { authorId } = this.#post(postId);
    const repost: Repost = { id: newId(), postId, authorId, userId, createdAt: at.toISOString() };
    this.reposts.set(`${postId} ${userId}`, repost);
    return envelope(postReposted, postId, { postId, authorId, userId, createdAt: repost.createdAt });
  }

  undoRepost(userId: string, postId: string): EventEnvelope {
    this.reposts.delete(`${postId} ${userId}`);
    return envelope(repostUndone, postId, { postId, authorId: this.#post(postId).authorId, userId });
  }

  follow(
    followerId: string,
    followeeId: string,
    at: Date,
    options: { readonly reposts: boolean; readonly languages: readonly string[] },
  ): EventEnvelope {
    const before = this.followOf(followerId, followeeId);
    const follow: Follow = {
      id: before?.id ?? newId(),
      followerId,
      followeeId,
      createdAt: before?.createdAt ?? at.toISOString(),
      ...options,
    };
    this.follows.set(`${followerId} ${followeeId}`, follow);
    const { id: _id, ...facts } = follow;
    return envelope(before === undefined ? followCreated : followChanged, followerId, facts);
  }

  unfollow(followerId: string, followeeId: string): EventEnvelope {
    this.follows.delete(`${followerId} ${followeeId}`);
    return envelope(followRemoved, followerId, { followerId, followeeId });
  }

  block(blockerId: string, blockedId: string): EventEnvelope {
    return envelope(blockCreated, blockerId, { blockerId, blockedId });
  }

  unblock(blockerId: string, blockedId: string): EventEnvelope {
    return envelope(blockRemoved, blockerId, { blockerId, blockedId });
  }

  mute(muterId: string, mutedId: string): EventEnvelope {
    return envelope(muteCreated, muterId, { muterId, mutedId });
  }

  unmute(muterId: string, mutedId: string): EventEnvelope {
    return envelope(muteRemoved, muterId, { muterId, mutedId });
  }

  followOf(followerId: string, followeeId: string): Follow | undefined {
    return this.follows.get(`${followerId} ${followeeId}`);
  }

  followerCount(userId: string): number {
    return [...this.follows.values()].filter(({ followeeId }) => followeeId === userId).length;
  }

  /** The definition: of each post the first item that reaches the reader, the newest post first. `counts` may leave actors out. */
  homeOf(readerId: string, counts: (actorId: string) => boolean = () => true): readonly TrueItem[] {
    const items: TrueItem[] = [];
    for (const { postId, authorId, audience, language, createdAt, isDeleted } of this.posts.values()) {
      if (isDeleted || (audience === 'ONLY_ME' && authorId !== readerId)) continue;
      const own: TrueItem = { postId, actorId: authorId, kind: 'POST', at: createdAt };
      const reposts = [...this.reposts.values()]
        .filter((repost) => repost.postId === postId)
        .toSorted((a, b) => (a.createdAt === b.createdAt ? (a.userId < b.userId ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1))
        .map(({ userId, createdAt: at }): TrueItem => ({ postId, actorId: userId, kind: 'REPOST', at }));
      const first = [own, ...reposts].find((item) => counts(item.actorId) && this.#reaches(readerId, item, language));
      if (first !== undefined) items.push(first);
    }
    return items.toSorted((a, b) => (a.at === b.at ? (a.postId < b.postId ? 1 : -1) : a.at < b.at ? 1 : -1));
  }

  postRows() {
    return [...this.posts.values()].filter(({ isDeleted }) => !isDeleted).map(({ isDeleted: _isDeleted, ...row }) => row);
  }

  followRows() {
    return [...this.follows.values()];
  }

  repostRows() {
    return [...this.reposts.values()];
  }

  #reaches(readerId: string, { actorId, kind }: TrueItem, language: string | null): boolean {
    if (actorId === readerId) return kind === 'POST';
    const follow = this.followOf(readerId, actorId);
    if (follow === undefined || (kind === 'REPOST' && !follow.reposts)) return false;
    return follow.languages.length === 0 || language === null || follow.languages.includes(language);
  }

  #post(postId: string): Post {
    const post = this.posts.get(postId);
    if (post === undefined) throw new Error(`there is no post ${postId}`);
    return post;
  }

  #change(postId: string, change: (post: Post) => Post): Post {
    const post = change(this.#post(postId));
    this.posts.set(postId, post);
    return post;
  }
}

function payload({ isDeleted: _isDeleted, ...facts }: Post) {
  return { ...facts, mentionedUserIds: [] };
}

function envelope(contract: { readonly type: string }, key: string, facts: Readonly<Record<string, unknown>>): EventEnvelope {
  return { id: newId(), type: contract.type, key, occurredAt: new Date().toISOString(), payload: facts };
}

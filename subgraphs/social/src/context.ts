import type { Gates } from '@plaza/auth/gate';
import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import type { ViewerClaims } from '@plaza/auth/assertion';
import type { CallClient } from '@plaza/calls/call-client';
import { People, type PeopleCache, type PeopleSource } from '@plaza/calls/people';
import { type RequestScope, requireViewer } from '@plaza/subgraph/request-scope';
import type { Looker } from './looker.js';
import type { ActivityService } from './modules/activity/activity.service.js';
import type { BookmarkService } from './modules/bookmark/bookmark.service.js';
import { type CommentLoaders, commentLoaders } from './modules/comment/comment.loaders.js';
import type { CommentService } from './modules/comment/comment.service.js';
import type { CommentStore } from './modules/comment/comment.store.js';
import type { LikeService } from './modules/like/like.service.js';
import type { BlockService } from './modules/relation/block.service.js';
import type { EpochStore } from './modules/relation/epoch.store.js';
import type { FollowService } from './modules/relation/follow.service.js';
import type { MuteService } from './modules/relation/mute.service.js';
import {
  type RelationLoaders,
  relationLoaders,
  type RelationStores,
  type StandingLoaders,
  standingLoaders,
} from './modules/relation/relation.loaders.js';
import type { RepostService } from './modules/repost/repost.service.js';
import { type PostLoaders, postLoaders } from './posts/post.loaders.js';
import type { PostStatStore } from './posts/post-stat.store.js';

/** What decides; one of each in the process. */
export interface Services {
  readonly follow: FollowService;
  readonly block: BlockService;
  readonly mute: MuteService;
  readonly like: LikeService;
  readonly comment: CommentService;
  readonly repost: RepostService;
  readonly bookmark: BookmarkService;
  readonly activity: ActivityService;
}

/** What every request's loaders are made of. */
export interface LoaderParts {
  readonly calls: CallClient;
  readonly cache: PeopleCache;
  readonly relations: RelationStores;
  readonly epochs: EpochStore;
  readonly comments: CommentStore;
  readonly postStats: PostStatStore;
}

/** What one request has read. */
export interface Loaders {
  readonly people: People;
  readonly standing: StandingLoaders;
  readonly relation: RelationLoaders;
  readonly post: PostLoaders;
  readonly comment: CommentLoaders;
}

/** One request. */
export class Context {
  readonly scope: RequestScope;
  readonly services: Services;
  readonly gates: Gates;
  readonly cursors: SealedCursors;
  readonly #parts: LoaderParts;
  readonly #opens = new Map<string, boolean>();
  #loaders: Loaders;

  constructor(scope: RequestScope, shared: { services: Services; gates: Gates; cursors: SealedCursors; parts: LoaderParts }) {
    this.scope = scope;
    this.services = shared.services;
    this.gates = shared.gates;
    this.cursors = shared.cursors;
    this.#parts = shared.parts;
    this.#loaders = makeLoaders(scope, shared.parts);
  }

  get viewer(): ViewerClaims | null {
    return this.scope.viewer;
  }

  get loaders(): Loaders {
    return this.#loaders;
  }

  /** The signed-in viewer and what they may look at. @throws Fault UNAUTHENTICATED for a guest */
  get looker(): Looker {
    const { people, standing, post } = this.#loaders;
    return { viewerId: requireViewer(this.scope).id, people, accounts: standing.accounts, posts: post.visible };
  }

  /** After a write: what this request has read before is read anew, so an answer shows its own write and so does the next mutation beside it. */
  forget(): void {
    this.#loaders = makeLoaders(this.scope, this.#parts);
  }

  /**
   * {@link forget} after a change of how the viewer and somebody else stand to each other: the request goes on under the epoch that the change has
   * left, and the gateway hears of both epochs before the client has its answer.
   */
  async forgetRelations(otherId: string): Promise<void> {
    const viewer = requireViewer(this.scope);
    const epochs = await this.#parts.epochs.of([viewer.id, otherId]);
    for (const [userId, epoch] of epochs) this.scope.epochs?.set(userId, epoch);
    this.#loaders = makeLoaders({ ...this.scope, viewer: { ...viewer, epoch: epochs.get(viewer.id) ?? 0 } }, this.#parts);
  }

  /** Whether the post's owner let this viewer see it just now. Each field of a post asks. */
  opens({ postId, gate }: { readonly postId: string; readonly gate?: string | null | undefined }): boolean {
    if (gate == null) return false;
    const tried = `${postId} ${gate}`;
    let opens = this.#opens.get(tried);
    if (opens === undefined) this.#opens.set(tried, (opens = this.gates.opens(gate, postId, this.viewer?.id ?? null)));
    return opens;
  }
}

function makeLoaders(scope: RequestScope, { calls, cache, relations, comments, postStats }: LoaderParts): Loaders {
  const standing = standingLoaders(scope, relations, calls);
  const people = new People(scope, homeSource(standing), cache);
  const post = postLoaders(scope, postStats, calls);
  return {
    people,
    standing,
    post,
    relation: relationLoaders(scope, relations, people, standing),
    comment: commentLoaders(scope.viewer, comments, { people, posts: post.visible }),
  };
}

/** Relations are at home here, and shared with what `viewerRelation` shows; states are asked of accounts. */
function homeSource({ accounts, standings }: StandingLoaders): PeopleSource {
  return {
    async states(userIds) {
      const found = await Promise.all(userIds.map((id) => accounts.load(id)));
      return new Map(userIds.flatMap((id, index) => (found[index] == null ? [] : [[id, found[index].state] as const])));
    },
    async relations(_viewerId, otherIds) {
      const found = await Promise.all(otherIds.map((id) => standings.load(id)));
      return new Map(found.map((standing) => [standing.otherId, standing]));
    },
  };
}

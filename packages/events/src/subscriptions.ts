import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { userProfileChanged, userRegistered, userStateChanged } from './contracts/accounts.events.js';
import { postDeleted, postEdited, postPublished, postRestored } from './contracts/content.events.js';
import {
  blockCreated,
  blockRemoved,
  commentAdded,
  commentDeleted,
  followChanged,
  followCreated,
  followRemoved,
  followRequestClosed,
  followRequested,
  muteCreated,
  muteRemoved,
  postLiked,
  postReposted,
  postUnliked,
  repostUndone,
} from './contracts/social.events.js';

/** Who listens to what. A relay sends a consumer only what stands here; the consumer has a reaction for each. */
export const SUBSCRIPTIONS: Readonly<Partial<Record<SubgraphName, readonly string[]>>> = {
  feed: [
    postPublished,
    postEdited,
    postDeleted,
    postRestored,
    followCreated,
    followChanged,
    followRemoved,
    followRequested,
    followRequestClosed,
    blockCreated,
    blockRemoved,
    muteCreated,
    muteRemoved,
    postReposted,
    repostUndone,
    postLiked,
    postUnliked,
    commentAdded,
    commentDeleted,
    userRegistered,
    userStateChanged,
    userProfileChanged,
  ].map(({ type }) => type),
  social: [userStateChanged, postEdited, postDeleted].map(({ type }) => type),
};

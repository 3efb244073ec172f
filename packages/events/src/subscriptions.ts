import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { userStateChanged } from './contracts/accounts.events.js';
import { postDeleted, postEdited, postPublished, postRestored } from './contracts/content.events.js';
import { followChanged, followCreated, followRemoved, postReposted, repostUndone } from './contracts/social.events.js';

/** Who listens to what. A relay sends a consumer only what stands here; the consumer has a reaction for each. */
export const SUBSCRIPTIONS: Readonly<Partial<Record<SubgraphName, readonly string[]>>> = {
  feed: [postPublished, postEdited, postDeleted, postRestored, followCreated, followChanged, followRemoved, postReposted, repostUndone].map(
    ({ type }) => type,
  ),
  social: [userStateChanged].map(({ type }) => type),
};

import type { Database } from '@plaza/db/database';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { DeliveryService } from './delivery/delivery.service.js';
import type { InboxLogStore } from './inbox/inbox-log.store.js';
import { ConversationService } from './modules/conversation/conversation.service.js';
import { ConversationStore } from './modules/conversation/conversation.store.js';
import { MembershipStore } from './modules/conversation/membership.store.js';
import { GroupService } from './modules/group/group.service.js';
import { GroupStore } from './modules/group/group.store.js';
import { JoinService } from './modules/group/join.service.js';
import { JoinStore } from './modules/group/join.store.js';
import { MessageService } from './modules/message/message.service.js';
import { MessageStore } from './modules/message/message.store.js';
import { PlaceService } from './modules/place/place.service.js';
import { PlaceStore } from './modules/place/place.store.js';
import { DEFAULT_PREFERENCES, MessagingPreferenceStore } from './modules/preference/preference.store.js';
import { LastSeenStore } from './modules/presence/last-seen.store.js';
import { PresenceService } from './modules/presence/presence.service.js';
import { ReactionService } from './modules/reaction/reaction.service.js';
import { ReactionStore } from './modules/reaction/reaction.store.js';
import { HiddenStore } from './modules/revision/hidden.store.js';
import { RevisionService } from './modules/revision/revision.service.js';
import { RevisionStore } from './modules/revision/revision.store.js';
import { TypingService } from './modules/typing/typing.service.js';
import type { Passing } from './passing.js';
import type { Shards } from './shards/shards.js';

export interface ConversingParts {
  readonly shards: Shards;
  /** Where people are at home. */
  readonly home: Database<unknown>;
  readonly log: InboxLogStore;
  readonly delivery: DeliveryService;
  readonly passing: Passing;
}

/** Wires what people do with each other: talk, and all that hangs on it. */
export function openConversing({ calls, bus, clock }: SubgraphHost, { shards, home, log, delivery, passing }: ConversingParts) {
  const deliver = (conversationId: string): Promise<void> => delivery.deliver(conversationId);
  const wake = (): void => delivery.wake();
  const places = new PlaceStore(home);
  const messagingPreferences = new MessagingPreferenceStore(home);
  const conversations = new ConversationStore(shards);
  const memberships = new MembershipStore(home);
  const conversation = new ConversationService({
    home,
    conversations,
    memberships,
    log,
    deliver,
    doors: {
      async guarded(userIds) {
        const preferences = await messagingPreferences.byUsers(userIds);
        return new Set(preferences.filter(({ directMessagesFrom }) => directMessagesFrom !== 'EVERYBODY').map(({ userId }) => userId));
      },
      async isClosed(userId, conversationId) {
        const [{ directMessagesFrom } = DEFAULT_PREFERENCES] = await messagingPreferences.byUsers([userId]);
        return directMessagesFrom === 'FOLLOWING' && (await places.isUnaccepted(userId, conversationId));
      },
    },
  });
  const presence = new PresenceService({ registry: passing.presence, lastSeen: new LastSeenStore(home), bus });
  const stores = {
    conversations,
    memberships,
    messages: new MessageStore(shards),
    groups: new GroupStore(shards),
    joins: new JoinStore(shards),
    reactions: new ReactionStore(shards),
    revisions: new RevisionStore(shards),
    hidden: new HiddenStore(home),
    messagingPreferences,
    presence,
  };
  const { messages, groups, joins, reactions, revisions, hidden } = stores;
  return {
    stores,
    services: {
      conversation,
      message: new MessageService({ messages, conversations: conversation, calls, wake }),
      group: new GroupService({ groups, conversations: conversation, deliver }),
      join: new JoinService({ groups, joins, clock, deliver }),
      place: new PlaceService({ home, places, log }),
      messagingPreferences,
      presence,
      reaction: new ReactionService({ reactions, conversations: conversation, wake }),
      revision: new RevisionService({ home, revisions, hidden, conversations: conversation, log, wake }),
      typing: new TypingService({ conversations, conversation, bus, told: passing.typing }),
    },
  };
}

import type { CallClient } from '@plaza/calls/call-client';
import type { People, PeopleCache, PeopleSource } from '@plaza/calls/people';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { type ConversationLoaders, conversationLoaders } from './modules/conversation/conversation.loaders.js';
import type { ConversationStore } from './modules/conversation/conversation.store.js';
import type { MembershipStore } from './modules/conversation/membership.store.js';
import { type GroupLoaders, groupLoaders } from './modules/group/group.loaders.js';
import type { GroupStore } from './modules/group/group.store.js';
import type { JoinStore } from './modules/group/join.store.js';
import { inboxLoaders } from './modules/inbox/inbox.loaders.js';
import type { InboxStore } from './modules/inbox/inbox.store.js';
import { type MessageLoaders, messageLoaders } from './modules/message/message.loaders.js';
import type { MessageService } from './modules/message/message.service.js';
import type { MessageStore } from './modules/message/message.store.js';
import {
  type NotificationLoaderParts,
  type NotificationLoaders,
  notificationLoaders,
} from './modules/notification/notification.loaders.js';
import { type MessagingPreferenceLoaders, messagingPreferenceLoaders } from './modules/preference/preference.loaders.js';
import type { MessagingPreferenceStore } from './modules/preference/preference.store.js';
import { type PresenceLoaders, presenceLoaders } from './modules/presence/presence.loaders.js';
import type { PresenceService } from './modules/presence/presence.service.js';
import { type ReactionLoaders, reactionLoaders } from './modules/reaction/reaction.loaders.js';
import type { ReactionStore } from './modules/reaction/reaction.store.js';
import type { HiddenStore } from './modules/revision/hidden.store.js';
import { type RevisionLoaders, revisionLoaders } from './modules/revision/revision.loaders.js';
import type { RevisionStore } from './modules/revision/revision.store.js';

/** What every request's loaders are made of. */
export interface LoaderParts extends NotificationLoaderParts {
  readonly calls: CallClient;
  readonly cache: PeopleCache;
  readonly source: PeopleSource;
  readonly inboxes: InboxStore;
  readonly conversations: ConversationStore;
  readonly memberships: MembershipStore;
  readonly messages: MessageStore;
  readonly groups: GroupStore;
  readonly joins: JoinStore;
  readonly messagingPreferences: MessagingPreferenceStore;
  readonly presence: PresenceService;
  readonly reactions: ReactionStore;
  readonly revisions: RevisionStore;
  readonly hidden: HiddenStore;
}

/** Whose loaders they are. */
export interface LoadersOwner {
  readonly scope: RequestScope;
  readonly people: People;
  readonly message: MessageService;
}

type InboxLoaders = ReturnType<typeof inboxLoaders>;
type Loaders = InboxLoaders &
  ConversationLoaders &
  MessageLoaders &
  NotificationLoaders &
  GroupLoaders &
  MessagingPreferenceLoaders &
  PresenceLoaders &
  ReactionLoaders &
  RevisionLoaders;

/**
 * What one request has read. Those of a module are made when one of them is first wanted: a message on its way to a thousand inboxes makes a
 * thousand of these, and each wants three modules of nine.
 */
export class RequestLoaders implements Loaders {
  readonly #parts: LoaderParts;
  readonly #owner: LoadersOwner;
  readonly #viewerId: string | null;
  #ofInbox: InboxLoaders | undefined;
  #ofConversation: ConversationLoaders | undefined;
  #ofMessage: MessageLoaders | undefined;
  #ofNotification: NotificationLoaders | undefined;
  #ofGroup: GroupLoaders | undefined;
  #ofPreference: MessagingPreferenceLoaders | undefined;
  #ofPresence: PresenceLoaders | undefined;
  #ofReaction: ReactionLoaders | undefined;
  #ofRevision: RevisionLoaders | undefined;

  constructor(parts: LoaderParts, owner: LoadersOwner) {
    this.#parts = parts;
    this.#owner = owner;
    this.#viewerId = owner.scope.viewer?.id ?? null;
  }

  get inboxOf() {
    return (this.#ofInbox ??= inboxLoaders(this.#parts.inboxes)).inboxOf;
  }

  get #conversations(): ConversationLoaders {
    return (this.#ofConversation ??= conversationLoaders(this.#viewerId, this.#parts.conversations, this.#parts.memberships));
  }

  get conversation() {
    return this.#conversations.conversation;
  }

  get membership() {
    return this.#conversations.membership;
  }

  get members() {
    return this.#conversations.members;
  }

  get #messages(): MessageLoaders {
    const { scope, message } = this.#owner;
    return (this.#ofMessage ??= messageLoaders(scope, this.#parts.messages, message, this.conversation, this.isHidden));
  }

  get messageById() {
    return this.#messages.messageById;
  }

  get messageAt() {
    return this.#messages.messageAt;
  }

  get messages() {
    return this.#messages.messages;
  }

  get isShareable() {
    return this.#messages.isShareable;
  }

  get #revisions(): RevisionLoaders {
    return (this.#ofRevision ??= revisionLoaders(this.#viewerId, this.#parts.revisions, this.#parts.hidden));
  }

  get revisions() {
    return this.#revisions.revisions;
  }

  get isHidden() {
    return this.#revisions.isHidden;
  }

  get #groups(): GroupLoaders {
    return (this.#ofGroup ??= groupLoaders(this.#parts.groups, this.#parts.joins));
  }

  get memberCount() {
    return this.#groups.memberCount;
  }

  get joinLinks() {
    return this.#groups.joinLinks;
  }

  get joinRequests() {
    return this.#groups.joinRequests;
  }

  get messagingPreferences() {
    return (this.#ofPreference ??= messagingPreferenceLoaders(this.#parts.messagingPreferences)).messagingPreferences;
  }

  get presence() {
    return (this.#ofPresence ??= presenceLoaders(this.#parts.presence)).presence;
  }

  get reactions() {
    return (this.#ofReaction ??= reactionLoaders(this.#viewerId, this.#parts.reactions)).reactions;
  }

  get #notifications(): NotificationLoaders {
    return (this.#ofNotification ??= notificationLoaders(this.#owner.scope, this.#owner.people, this.#parts));
  }

  get notification() {
    return this.#notifications.notification;
  }

  get notifications() {
    return this.#notifications.notifications;
  }

  get notificationActors() {
    return this.#notifications.notificationActors;
  }

  get notificationRequests() {
    return this.#notifications.notificationRequests;
  }

  get unreadNotifications() {
    return this.#notifications.unreadNotifications;
  }

  get notificationSetting() {
    return this.#notifications.notificationSetting;
  }
}

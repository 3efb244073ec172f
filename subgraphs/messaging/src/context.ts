import type { ViewerClaims } from '@plaza/auth/assertion';
import type { Passes } from '@plaza/auth/pass';
import type { CallClient } from '@plaza/calls/call-client';
import { People, type PeopleCache, type PeopleSource } from '@plaza/calls/people';
import { type RequestScope, requireViewer } from '@plaza/subgraph/request-scope';
import { type ConversationLoaders, conversationLoaders } from './modules/conversation/conversation.loaders.js';
import type { ConversationService } from './modules/conversation/conversation.service.js';
import type { ConversationStore } from './modules/conversation/conversation.store.js';
import type { MembershipStore } from './modules/conversation/membership.store.js';
import { inboxLoaders } from './modules/inbox/inbox.loaders.js';
import type { InboxService } from './modules/inbox/inbox.service.js';
import type { InboxStore } from './modules/inbox/inbox.store.js';
import { type MessageLoaders, messageLoaders } from './modules/message/message.loaders.js';
import type { MessageService } from './modules/message/message.service.js';
import type { MessageStore } from './modules/message/message.store.js';
import type { EndpointService } from './modules/notification/endpoint.service.js';
import {
  type NotificationLoaders,
  type NotificationLoaderParts,
  notificationLoaders,
} from './modules/notification/notification.loaders.js';
import type { NotificationService } from './modules/notification/notification.service.js';
import type { SettingsService } from './modules/notification/settings.service.js';
import { type GroupLoaders, groupLoaders } from './modules/group/group.loaders.js';
import type { GroupService } from './modules/group/group.service.js';
import type { GroupStore } from './modules/group/group.store.js';
import type { JoinService } from './modules/group/join.service.js';
import type { JoinStore } from './modules/group/join.store.js';
import type { PlaceService } from './modules/place/place.service.js';
import { type MessagingPreferenceLoaders, messagingPreferenceLoaders } from './modules/preference/preference.loaders.js';
import type { MessagingPreferenceStore } from './modules/preference/preference.store.js';
import { type PresenceLoaders, presenceLoaders } from './modules/presence/presence.loaders.js';
import type { PresenceService } from './modules/presence/presence.service.js';
import { type ReactionLoaders, reactionLoaders } from './modules/reaction/reaction.loaders.js';
import type { ReactionService } from './modules/reaction/reaction.service.js';
import type { ReactionStore } from './modules/reaction/reaction.store.js';
import type { HiddenStore } from './modules/revision/hidden.store.js';
import { type RevisionLoaders, revisionLoaders } from './modules/revision/revision.loaders.js';
import type { RevisionService } from './modules/revision/revision.service.js';
import type { RevisionStore } from './modules/revision/revision.store.js';
import type { TypingService } from './modules/typing/typing.service.js';
import { idOf, uuidOf } from './results.js';
import type { SeenMessage } from './seen-message.js';
import type { Talker } from './talker.js';

/** What decides; one of each in the process. */
export interface Services {
  readonly inbox: InboxService;
  readonly conversation: ConversationService;
  readonly message: MessageService;
  readonly notification: NotificationService;
  readonly notificationSettings: SettingsService;
  readonly endpoint: EndpointService;
  readonly group: GroupService;
  readonly join: JoinService;
  readonly place: PlaceService;
  readonly messagingPreferences: MessagingPreferenceStore;
  readonly presence: PresenceService;
  readonly reaction: ReactionService;
  readonly revision: RevisionService;
  readonly typing: TypingService;
}

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

export type Loaders = ReturnType<typeof inboxLoaders> &
  ConversationLoaders &
  MessageLoaders &
  NotificationLoaders &
  GroupLoaders &
  MessagingPreferenceLoaders &
  PresenceLoaders &
  ReactionLoaders &
  RevisionLoaders;

/** One request. */
export class Context {
  readonly scope: RequestScope;
  readonly services: Services;
  readonly people: People;
  readonly #parts: LoaderParts;
  readonly #passes: Passes;
  #loaders: Loaders;

  constructor(scope: RequestScope, shared: { readonly services: Services; readonly parts: LoaderParts; readonly passes: Passes }) {
    this.scope = scope;
    this.services = shared.services;
    this.people = new People(scope, shared.parts.source, shared.parts.cache);
    this.#parts = shared.parts;
    this.#passes = shared.passes;
    this.#loaders = this.#read();
  }

  /** Null for a guest. */
  get viewer(): ViewerClaims | null {
    return this.scope.viewer;
  }

  /** What this request has read. */
  get loaders(): Loaders {
    return this.#loaders;
  }

  /** The signed-in viewer. @throws Fault UNAUTHENTICATED for a guest */
  get talker(): Talker {
    return { id: requireViewer(this.scope).id, people: this.people, asker: this.scope };
  }

  /** Hands something of another subgraph's to the viewer, in a place where they may see it. */
  passTo(prefix: 'media', uuid: string): string {
    return this.#passes.mint(idOf(prefix, uuid), requireViewer(this.scope).id);
  }

  /** A message that the viewer sees, by its id in the graph. */
  async seenMessage(id: string): Promise<SeenMessage | null> {
    const message = await this.#loaders.messageById.load(uuidOf('message', id));
    const conversation = message === null ? null : await this.#loaders.conversation.load(message.conversationId);
    return message === null || conversation === null ? null : { message, conversation };
  }

  /** After a write: what this request has read before is read anew. */
  forget(): void {
    this.#loaders = this.#read();
  }

  /** How many notifications the viewer has not read, after a write. */
  async unreadNotifications(): Promise<number> {
    this.forget();
    return this.#loaders.unreadNotifications.load(requireViewer(this.scope).id);
  }

  #read(): Loaders {
    const { inboxes, conversations, memberships, messages, groups, joins, reactions, revisions, hidden } = this.#parts;
    const viewerId = this.viewer?.id ?? null;
    const conversation = conversationLoaders(viewerId, conversations, memberships);
    const revision = revisionLoaders(viewerId, revisions, hidden);
    return {
      ...inboxLoaders(inboxes),
      ...conversation,
      ...revision,
      ...messageLoaders(this.scope, messages, this.services.message, conversation.conversation, revision.isHidden),
      ...groupLoaders(groups, joins),
      ...messagingPreferenceLoaders(this.#parts.messagingPreferences),
      ...presenceLoaders(this.#parts.presence),
      ...reactionLoaders(viewerId, reactions),
      ...notificationLoaders(this.scope, this.people, this.#parts),
    };
  }
}

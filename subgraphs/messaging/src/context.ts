import type { ViewerClaims } from '@plaza/auth/assertion';
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
import type { Talker } from './talker.js';

/** What decides; one of each in the process. */
export interface Services {
  readonly inbox: InboxService;
  readonly conversation: ConversationService;
  readonly message: MessageService;
  readonly notification: NotificationService;
  readonly notificationSettings: SettingsService;
  readonly endpoint: EndpointService;
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
}

export type Loaders = ReturnType<typeof inboxLoaders> & ConversationLoaders & MessageLoaders & NotificationLoaders;

/** One request. */
export class Context {
  readonly scope: RequestScope;
  readonly services: Services;
  readonly people: People;
  readonly #parts: LoaderParts;
  #loaders: Loaders;

  constructor(scope: RequestScope, shared: { readonly services: Services; readonly parts: LoaderParts }) {
    this.scope = scope;
    this.services = shared.services;
    this.people = new People(scope, shared.parts.source, shared.parts.cache);
    this.#parts = shared.parts;
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
    const { inboxes, conversations, memberships, messages } = this.#parts;
    const conversation = conversationLoaders(this.viewer?.id ?? null, conversations, memberships);
    return {
      ...inboxLoaders(inboxes),
      ...conversation,
      ...messageLoaders(this.scope, messages, this.services.message, conversation.conversation),
      ...notificationLoaders(this.scope, this.people, this.#parts),
    };
  }
}

import type { ViewerClaims } from '@plaza/auth/assertion';
import type { Passes } from '@plaza/auth/pass';
import { People } from '@plaza/calls/people';
import { type RequestScope, requireViewer } from '@plaza/subgraph/request-scope';
import type { ConversationService } from './modules/conversation/conversation.service.js';
import type { InboxService } from './modules/inbox/inbox.service.js';
import type { MessageService } from './modules/message/message.service.js';
import type { EndpointService } from './modules/notification/endpoint.service.js';
import type { NotificationService } from './modules/notification/notification.service.js';
import type { SettingsService } from './modules/notification/settings.service.js';
import type { GroupService } from './modules/group/group.service.js';
import type { JoinService } from './modules/group/join.service.js';
import type { PlaceService } from './modules/place/place.service.js';
import type { MessagingPreferenceStore } from './modules/preference/preference.store.js';
import type { PresenceService } from './modules/presence/presence.service.js';
import type { ReactionService } from './modules/reaction/reaction.service.js';
import type { RevisionService } from './modules/revision/revision.service.js';
import type { TypingService } from './modules/typing/typing.service.js';
import { type LoaderParts, RequestLoaders } from './request-loaders.js';
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

/** One request. */
export class Context {
  readonly scope: RequestScope;
  readonly services: Services;
  readonly people: People;
  readonly #parts: LoaderParts;
  readonly #passes: Passes;
  #loaders: RequestLoaders;

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
  get loaders(): RequestLoaders {
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

  #read(): RequestLoaders {
    return new RequestLoaders(this.#parts, { scope: this.scope, people: this.people, message: this.services.message });
  }
}

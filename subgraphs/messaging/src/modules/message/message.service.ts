import type { CallClient } from '@plaza/calls/call-client';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { ownMedia, visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { FieldError } from '@plaza/kernel/field-errors';
import { failpoint } from '@plaza/kernel/failpoint';
import { fingerprint } from '@plaza/kernel/fingerprint';
import { newMessageId } from '../../shards/bucket.js';
import type { Talker } from '../../talker.js';
import type { ConversationService } from '../conversation/conversation.service.js';
import type { SeenConversation } from '../conversation/conversation.store.js';
import { faultsOfMessage } from '../../talk/message.policy.js';
import type { MessageStore, SharedKind } from './message.store.js';

export interface MessageParts {
  readonly messages: MessageStore;
  readonly conversations: ConversationService;
  readonly calls: CallClient;
  /** There is something to deliver. */
  readonly wake: () => void;
}

export interface Shared {
  readonly kind: SharedKind;
  readonly id: string;
}

export interface Saying {
  readonly clientMessageId: string;
  readonly text: string | null;
  /** A message's id. */
  readonly replyToId: string | null;
  readonly mediaIds: readonly string[];
  /** 'nothing' is an id that is neither a post's nor a product's. */
  readonly shared: Shared | 'nothing' | null;
}

export type Sending =
  | { readonly kind: 'said'; readonly seq: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'keyConflict' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

const NO_MESSAGE = 'There is no such message in this conversation.';
const NO_MEDIA = 'There is no such media of yours.';
const NOTHING_SUCH = 'There is no such thing to share.';

/** Says things in conversations. */
export class MessageService {
  readonly #parts: MessageParts;

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  /** `conversation` as the sender sees it; null where they do not. */
  async send(talker: Talker, conversation: SeenConversation | null, saying: Saying): Promise<Sending> {
    if (conversation === null) return { kind: 'missing' };
    const { messages, conversations, wake } = this.#parts;
    const print = fingerprint({ ...saying, clientMessageId: undefined });
    const repeated = async (): Promise<Sending | null> => {
      const sent = await messages.sent(conversation.id, talker.id, saying.clientMessageId);
      if (sent === null) return null;
      return sent.fingerprint === print ? { kind: 'said', seq: sent.seq } : { kind: 'keyConflict' };
    };
    const fields = faultsOfMessage({ ...saying, hasShared: saying.shared !== null });
    const before = fields.length === 0 ? await repeated() : null;
    if (before !== null) return before;
    if (!(await conversations.mayWrite(talker, conversation))) return { kind: 'notAllowed' };
    if (fields.length > 0) return { kind: 'invalid', fields };

    const { replyToSeq, fields: missing } = await this.#look(talker, conversation, saying);
    if (missing.length > 0) return { kind: 'invalid', fields: missing };
    const shared = saying.shared === 'nothing' ? null : saying.shared;
    const seq = await messages.add({
      id: newMessageId(conversation.id),
      conversationId: conversation.id,
      senderId: talker.id,
      clientMessageId: saying.clientMessageId,
      fingerprint: print,
      text: saying.text,
      replyToSeq,
      sharedKind: shared?.kind ?? null,
      sharedId: shared?.id ?? null,
      mediaIds: saying.mediaIds,
    });
    // A twin was faster, or the sender was taken out meanwhile.
    if (seq === null) return (await repeated()) ?? { kind: 'notAllowed' };
    await failpoint('message.said');
    wake();
    return { kind: 'said', seq };
  }

  /** Whether what hangs on a message is there for its sender. */
  async #look(
    { asker }: Talker,
    conversation: SeenConversation,
    { replyToId, mediaIds, shared }: Saying,
  ): Promise<{ readonly replyToSeq: number | null; readonly fields: readonly FieldError[] }> {
    const { messages, calls } = this.#parts;
    const [replied, owned, isShareable] = await Promise.all([
      replyToId === null ? [] : messages.byIds([replyToId]),
      mediaIds.length === 0 ? { mediaIds: [] } : calls.ask(ownMedia, { mediaIds: [...mediaIds] }, asker),
      shared === null || (shared !== 'nothing' && this.shareable([shared], asker).then(({ length }) => length > 0)),
    ]);
    const reply = replied.find((row) => row.conversationId === conversation.id && row.seq > conversation.sinceSeq) ?? null;
    const own = new Set(owned.mediaIds);
    return {
      replyToSeq: reply?.seq ?? null,
      fields: [
        ...(replyToId !== null && reply === null ? [{ path: 'replyToId', message: NO_MESSAGE }] : []),
        ...mediaIds.flatMap((id, index) => (own.has(id) ? [] : [{ path: `media.${index}`, message: NO_MEDIA }])),
        ...(isShareable ? [] : [{ path: 'sharedId', message: NOTHING_SUCH }]),
      ],
    };
  }

  /** Those of the things that the asker may see. */
  async shareable(things: readonly Shared[], asker: Talker['asker']): Promise<readonly Shared[]> {
    const { calls } = this.#parts;
    const of = (kind: SharedKind): string[] => [...new Set(things.filter((thing) => thing.kind === kind).map(({ id }) => id))];
    const [postIds, productIds] = [of('POST'), of('PRODUCT')];
    const [{ posts }, { productIds: onSale }] = await Promise.all([
      postIds.length === 0 ? { posts: [] } : calls.ask(visiblePosts, { postIds }, asker),
      productIds.length === 0 ? { productIds: [] } : calls.ask(existingProducts, { productIds }, asker),
    ]);
    return [
      ...posts.map(({ postId }) => ({ kind: 'POST', id: postId }) as const),
      ...onSale.map((id) => ({ kind: 'PRODUCT', id }) as const),
    ];
  }
}

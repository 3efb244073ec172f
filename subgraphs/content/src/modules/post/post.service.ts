import type { ViewerClaims } from '@plaza/auth/assertion';
import type { Asker, CallClient } from '@plaza/calls/call-client';
import { publishingRules, usersByHandle } from '@plaza/calls/contracts/accounts.calls';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import type { People } from '@plaza/calls/people';
import { Fault } from '@plaza/kernel/fault';
import type { Database } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Clock } from '@plaza/kernel/clock';
import type { FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Audience } from '@plaza/visibility/can-see';
import type { MediaService } from '../media/media.service.js';
import type { RecallService } from '../media/recall.service.js';
import { postFact } from './post.events.js';
import {
  canonicalLanguage,
  checkDraft,
  checkIdempotencyKey,
  checkMove,
  type Draft,
  type DraftMedia,
  hearsOfMention,
  MAX_MEDIA,
  MAX_PRODUCTS,
  type MediaMove,
  moved,
  RESTORE_MS,
  takenBack,
} from './post.policy.js';
import type { PostRow, StoredEntity } from './post.row.js';
import type { PostStore } from './post.store.js';
import { findEntities, hashtagName } from './text-entities.js';
import { type PostHead, visibleOnly } from './visible-posts.js';

/** Who does something, and what this request knows of others. */
export interface Actor extends Asker {
  readonly viewer: ViewerClaims;
  readonly people: People;
}

export interface NewPost extends Draft {
  readonly idempotencyKey: string;
  readonly audience: Audience;
}

/** What an edit changes: undefined leaves it as it is. */
export interface PostChange {
  readonly text: string | undefined;
  readonly media: readonly DraftMedia[] | undefined;
  readonly audience: Audience | undefined;
  readonly contentWarning: string | null | undefined;
  readonly productIds: readonly (string | null)[] | undefined;
  /** The media that it has, in this order; they are not looked at anew. */
  readonly order?: readonly string[];
}

interface Invalid {
  readonly kind: 'invalid';
  readonly fields: readonly FieldError[];
}
interface NotFound {
  readonly kind: 'notFound';
}
interface NotAllowed {
  readonly kind: 'notAllowed';
}

export type Publishing = { readonly kind: 'published'; readonly postId: string } | { readonly kind: 'keyConflict' } | Invalid;
export type Editing =
  { readonly kind: 'edited' } | { readonly kind: 'stale'; readonly currentRevision: number } | NotFound | NotAllowed | Invalid;
export type Deleting = { readonly kind: 'deleted'; readonly restorableUntil: Date } | NotFound | NotAllowed;
export type Restoring = { readonly kind: 'restored' } | NotFound;

const NOT_FOUND: NotFound = { kind: 'notFound' };
const NOT_ALLOWED: NotAllowed = { kind: 'notAllowed' };
const NO_CHANGE: PostChange = { text: undefined, media: undefined, audience: undefined, contentWarning: undefined, productIds: undefined };
const PURGE_BATCH = 500;

export interface PostServiceParts {
  readonly database: Database<unknown>;
  readonly store: PostStore;
  readonly media: MediaService;
  readonly recall: RecallService;
  readonly outbox: Outbox;
  readonly calls: CallClient;
  readonly clock: Clock;
}

/** Writes posts: decides, and states each fact in the transaction that makes it true. */
export class PostService {
  readonly #parts: PostServiceParts;

  constructor(parts: PostServiceParts) {
    this.#parts = parts;
  }

  /** @throws Fault UNAVAILABLE when somebody is mentioned or something is tagged whose owner does not answer. */
  async publish(actor: Actor, given: NewPost): Promise<Publishing> {
    const { database, store, media, outbox, clock } = this.#parts;
    const { idempotencyKey: key, ...input } = given;
    const check = checkDraft(given);
    checkIdempotencyKey(key, check);
    if (check.any) return this.#invalid(check, given, actor);

    const repeatable = { viewerId: actor.viewer.id, mutation: 'publishPost', key, input };
    // A repeat is answered before anything is asked of others: what was good then need not be good now.
    const known = await store.resultOf(repeatable);
    if (known !== null) return known.isSame ? { kind: 'published', postId: known.resultId } : { kind: 'keyConflict' };
    await this.#checkOwners(check, given, actor);
    if (check.any) return { kind: 'invalid', fields: check.list };

    const { text, audience, contentWarning } = given;
    const entities = await this.#entitiesOf(text, actor);
    const mentioned = await this.#whoHears(entities, audience, actor);
    const post: PostRow = {
      id: newId(),
      authorId: actor.viewer.id,
      revision: 1,
      text,
      entities,
      audience,
      contentWarning,
      isSensitive: contentWarning !== null,
      language: given.language === null ? null : canonicalLanguage(given.language),
      mediaIds: present(given.media.map(({ mediaId }) => mediaId)),
      productIds: present(given.productIds),
      createdAt: clock.now(),
      editedAt: null,
    };
    return database.transaction(async (tx): Promise<Publishing> => {
      const claim = await claimKey(tx, repeatable, post.id);
      if (claim.kind === 'conflict') return { kind: 'keyConflict' };
      if (claim.kind === 'repeat') return { kind: 'published', postId: claim.resultId };
      await store.insert(tx, post);
      await media.describe(tx, given.media);
      await outbox.append(tx, postPublished, postFact(post, mentioned));
      return { kind: 'published', postId: post.id };
    });
  }

  /** @throws Fault UNAVAILABLE as {@link publish}. */
  async edit(actor: Actor, postId: string, expectedRevision: number, change: PostChange): Promise<Editing> {
    const { database, store, media, recall, outbox, clock } = this.#parts;
    const before = await this.#seen(postId, actor);
    if (before === null) return NOT_FOUND;
    if (before.authorId !== actor.viewer.id) return NOT_ALLOWED;
    if (before.revision !== expectedRevision) return { kind: 'stale', currentRevision: before.revision };

    const draft = changed(before, change);
    const check = checkDraft(draft);
    // What the edit does not name was checked when it was written.
    await this.#checkOwners(check, { media: change.media ?? [], productIds: change.productIds ?? [] }, actor);
    if (check.any) return { kind: 'invalid', fields: check.list };

    const { text, contentWarning } = draft;
    const audience = change.audience ?? before.audience;
    const entities = change.text === undefined ? before.entities : await this.#entitiesOf(text, actor);
    const mentioned = await this.#whoHears(entities, audience, actor);
    const post: PostRow = {
      ...before,
      revision: before.revision + 1,
      text,
      entities,
      audience,
      contentWarning,
      isSensitive: contentWarning !== null,
      mediaIds: present(draft.media.map(({ mediaId }) => mediaId)),
      productIds: present(draft.productIds),
    };
    return database.transaction(async (tx): Promise<Editing> => {
      const locked = await store.lock(tx, postId);
      if (locked === null) return NOT_FOUND;
      if (locked.revision !== expectedRevision) return { kind: 'stale', currentRevision: locked.revision };
      await store.update(tx, post, clock.now());
      await media.describe(tx, change.media ?? []);
      await recall.media(tx, takenBack(before, post));
      await outbox.append(tx, postEdited, postFact(post, mentioned));
      return { kind: 'edited' };
    });
  }

  /** @throws Fault UNAVAILABLE as {@link publish}. */
  async moveMedia(actor: Actor, postId: string, expectedRevision: number, move: MediaMove): Promise<Editing> {
    const before = await this.#seen(postId, actor);
    if (before === null) return NOT_FOUND;
    if (before.authorId !== actor.viewer.id) return NOT_ALLOWED;
    if (before.revision !== expectedRevision) return { kind: 'stale', currentRevision: before.revision };
    const check = checkMove(before.mediaIds, move);
    if (check.any) return { kind: 'invalid', fields: check.list };
    return this.edit(actor, postId, expectedRevision, { ...NO_CHANGE, order: moved(before.mediaIds, move) });
  }

  async delete(actor: Actor, postId: string): Promise<Deleting> {
    const { database, store, recall, outbox, clock } = this.#parts;
    const post = await this.#seen(postId, actor);
    if (post === null) return NOT_FOUND;
    if (post.authorId !== actor.viewer.id) return NOT_ALLOWED;
    const deletedAt = clock.now();
    return database.transaction(async (tx): Promise<Deleting> => {
      if (!(await store.delete(tx, postId, deletedAt))) return NOT_FOUND;
      await recall.post(tx, postId);
      await outbox.append(tx, postDeleted, { postId, authorId: post.authorId });
      return { kind: 'deleted', restorableUntil: new Date(deletedAt.getTime() + RESTORE_MS) };
    });
  }

  async restore(actor: Actor, postId: string): Promise<Restoring> {
    const { database, store, outbox, clock } = this.#parts;
    const post = await store.deletedById(postId);
    if (post === null || post.authorId !== actor.viewer.id) return NOT_FOUND;
    const mentioned = await this.#whoHears(post.entities, post.audience, actor);
    return database.transaction(async (tx): Promise<Restoring> => {
      if (!(await store.restore(tx, postId, this.#restorableSince(clock.now())))) return NOT_FOUND;
      await outbox.append(tx, postRestored, postFact(post, mentioned));
      return { kind: 'restored' };
    });
  }

  /** Those of the posts that the viewer of `people` may see. */
  async visibleHeads(postIds: readonly string[], people: People): Promise<readonly PostHead[]> {
    return visibleOnly(await this.#parts.store.headsByIds(postIds), people);
  }

  /** A page of all posts, for read models. */
  async snapshot(after: string | null, limit: number) {
    return this.#parts.store.snapshot(after, limit);
  }

  /** What PUBLIC posts are about, for read models. */
  async subjects(ids: readonly string[]) {
    return this.#parts.store.subjects(ids);
  }

  /** The one spelling of a hashtag; null for what is no word. */
  hashtagName(name: string): string | null {
    return hashtagName(name);
  }

  /** Removes for good what can no longer be restored. Any number of processes may do it at once. */
  async purge(): Promise<void> {
    const { store, clock } = this.#parts;
    while ((await store.purge(this.#restorableSince(clock.now()), PURGE_BATCH)) === PURGE_BATCH);
  }

  #restorableSince(now: Date): Date {
    return new Date(now.getTime() - RESTORE_MS);
  }

  async #seen(postId: string, { people }: Actor): Promise<PostRow | null> {
    const [post] = await visibleOnly(await this.#parts.store.byIds([postId]), people);
    return post ?? null;
  }

  /** Every broken rule at once, those included that only the owners of media and products can tell. */
  async #invalid(check: FieldErrors, draft: Draft, actor: Actor): Promise<Invalid> {
    await this.#checkOwners(check, draft, actor);
    return { kind: 'invalid', fields: check.list };
  }

  /** What may be attached: the viewer's own media that are READY, products that are on sale. */
  async #checkOwners(check: FieldErrors, { media, productIds }: Pick<Draft, 'media' | 'productIds'>, actor: Actor): Promise<void> {
    const mediaIds = media.slice(0, MAX_MEDIA).map(({ mediaId }) => mediaId);
    const tagged = productIds.slice(0, MAX_PRODUCTS);
    const [own, existing, bare] = await Promise.all([
      this.#parts.media.ownReady(actor.viewer.id, present(mediaIds)),
      this.#onSale(present(tagged), actor),
      this.#needingWords(media.slice(0, MAX_MEDIA), actor),
    ]);
    for (const [index, id] of mediaIds.entries()) {
      check.that(id !== null && own.has(id), `media.${index}.mediaId`, 'There is no such media, or it is not ready.');
      check.that(
        id === null || !own.has(id) || !bare.has(id),
        `media.${index}.altText`,
        'Say what it shows: you have asked to be reminded.',
      );
    }
    for (const [index, id] of tagged.entries()) {
      check.that(id !== null && existing.has(id), `productIds.${index}`, 'There is no such product.');
    }
  }

  /** What lacks the alt text that its author wants to be reminded of. A reminder: while nobody can say, it is not given. */
  async #needingWords(media: Draft['media'], { viewer, requestId }: Actor): Promise<ReadonlySet<string>> {
    const bare = await this.#parts.media.undescribed(media);
    if (bare.size === 0) return bare;
    const rules = await this.#parts.calls.ask(publishingRules, { userId: viewer.id }, { viewer, requestId }).catch((cause: unknown) => {
      if (cause instanceof Fault && cause.code === 'UNAVAILABLE') return { requireAltText: false };
      throw cause;
    });
    return rules.requireAltText ? bare : new Set();
  }

  async #onSale(productIds: readonly string[], { viewer, requestId }: Actor): Promise<ReadonlySet<string>> {
    if (productIds.length === 0) return new Set();
    const answer = await this.#parts.calls.ask(existingProducts, { productIds: [...productIds] }, { viewer, requestId });
    return new Set(answer.productIds);
  }

  /** Who a mention means is settled when it is written: whoever takes the handle later is not meant. */
  async #entitiesOf(text: string, { viewer, requestId }: Actor): Promise<readonly StoredEntity[]> {
    const found = findEntities(text);
    const handles = [...new Set(found.flatMap((entity) => (entity.kind === 'mention' ? [entity.handle] : [])))];
    const users = handles.length === 0 ? [] : (await this.#parts.calls.ask(usersByHandle, { handles }, { viewer, requestId })).users;
    const idOf = new Map<string, string>(users.map(({ handle, userId }) => [handle, userId] as const));
    return found.flatMap((entity): StoredEntity[] => {
      if (entity.kind !== 'mention') return [entity];
      const userId = idOf.get(entity.handle);
      return userId === undefined ? [] : [{ kind: 'mention', start: entity.start, end: entity.end, userId }];
    });
  }

  async #whoHears(entities: readonly StoredEntity[], audience: Audience, { people }: Actor): Promise<readonly string[]> {
    const sights = await people.sights(entities.flatMap((entity) => (entity.kind === 'mention' ? [entity.userId] : [])));
    return [...sights.values()].filter((sight) => hearsOfMention(sight, audience)).map((sight) => sight.authorId);
  }
}

/** The post as the edit would leave it. */
function changed(before: PostRow, change: PostChange): Draft {
  return {
    text: change.text ?? before.text,
    media: change.media ?? (change.order ?? before.mediaIds).map((mediaId) => ({ mediaId, altText: undefined })),
    contentWarning: change.contentWarning === undefined ? before.contentWarning : change.contentWarning,
    language: before.language,
    productIds: change.productIds ?? before.productIds,
  };
}

const present = <T>(values: readonly (T | null)[]): T[] => values.filter((value): value is T => value !== null);

import { FieldErrors } from '@plaza/kernel/field-errors';
import { type Audience, canSeePost, type Sight } from '@plaza/visibility/can-see';

export const MAX_TEXT = 5_000;
export const MAX_WARNING = 200;
export const MAX_MEDIA = 20;
export const MAX_ALT_TEXT = 1_500;
export const MAX_PRODUCTS = 10;

/** So long a deleted post can be restored. */
export const RESTORE_MS = 10 * 60_000;

const AUDIENCES: readonly Audience[] = ['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME'];

/** A media of a draft. `mediaId` is null for an id that is none; `altText` is undefined to leave it as it is. */
export interface DraftMedia {
  readonly mediaId: string | null;
  readonly altText: string | undefined;
}

/** What a post is about to say. Ids that are none are null. */
export interface Draft {
  readonly text: string;
  readonly media: readonly DraftMedia[];
  readonly contentWarning: string | null;
  readonly language: string | null;
  readonly productIds: readonly (string | null)[];
}

/** The rules that a draft keeps or breaks by itself, whoever wrote it. */
export function checkDraft({ text, media, contentWarning, language, productIds }: Draft): FieldErrors {
  const check = new FieldErrors();
  check.that(text.length <= MAX_TEXT, 'text', `At most ${MAX_TEXT} UTF-16 code units.`);
  check.that(text.trim() !== '' || media.length > 0, 'text', 'Write something, or add a photo.');
  check.that(isText(text), 'text', NOT_TEXT);
  if (contentWarning !== null) {
    check.that(
      contentWarning.trim() !== '' && contentWarning.length <= MAX_WARNING,
      'contentWarning',
      `From 1 to ${MAX_WARNING} characters.`,
    );
    check.that(isText(contentWarning), 'contentWarning', NOT_TEXT);
  }
  check.that(language === null || canonicalLanguage(language) !== null, 'language', 'A language tag by BCP 47, like en or zh-Hans.');
  check.that(media.length <= MAX_MEDIA, 'media', `At most ${MAX_MEDIA}.`);
  for (const [index, { mediaId, altText }] of media.slice(0, MAX_MEDIA).entries()) {
    const repeated = mediaId !== null && media.findIndex((other) => other.mediaId === mediaId) < index;
    check.that(!repeated, `media.${index}.mediaId`, 'This one is there already.');
    check.that((altText?.length ?? 0) <= MAX_ALT_TEXT, `media.${index}.altText`, `At most ${MAX_ALT_TEXT} characters.`);
    check.that(isText(altText ?? ''), `media.${index}.altText`, NOT_TEXT);
  }
  check.that(productIds.length <= MAX_PRODUCTS, 'productIds', `At most ${MAX_PRODUCTS}.`);
  for (const [index, productId] of productIds.slice(0, MAX_PRODUCTS).entries()) {
    check.that(productId === null || productIds.indexOf(productId) === index, `productIds.${index}`, 'This one is there already.');
  }
  return check;
}

export function checkIdempotencyKey(key: string, check: FieldErrors): void {
  check.that(key.length >= 8 && key.length <= 100, 'idempotencyKey', 'From 8 to 100 characters.');
  check.that(isText(key), 'idempotencyKey', NOT_TEXT);
}

const NOT_TEXT = 'Half a character, or the character NUL, is no text.';

/** Whether it can be kept as it is: neither a lone surrogate nor NUL. */
const isText = (text: string): boolean => !/\p{Surrogate}|\0/u.test(text);

/** A BCP 47 tag in its canonical spelling; null for what is none. */
export function canonicalLanguage(tag: string): string | null {
  if (tag.length > 35 || !/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** The audiences of whose posts the viewer is one, for lists: each post is one of these or hidden. */
export const audiencesFor = (sight: Sight): readonly Audience[] => AUDIENCES.filter((audience) => canSeePost(sight, audience));

/** The same two people, seen from the other side: both have an account in use. */
export function turned({ viewerId, authorId, relation }: Sight & { readonly viewerId: string }): Sight {
  return {
    viewerId: authorId,
    authorId: viewerId,
    authorState: 'ACTIVE',
    relation: {
      isFollowing: relation.isFollowedBy,
      isFollowedBy: relation.isFollowing,
      blocks: relation.isBlockedBy,
      isBlockedBy: relation.blocks,
      mutes: false,
    },
  };
}

/**
 * Whether somebody who is mentioned hears of it: they are there, there is no block in either direction, and the post is for their eyes.
 * `sight` is the author before the mentioned person.
 */
export function hearsOfMention(sight: Sight, audience: Audience): boolean {
  const { viewerId } = sight;
  if (viewerId === null || viewerId === sight.authorId || sight.authorState !== 'ACTIVE') return false;
  return canSeePost(turned({ ...sight, viewerId }), audience);
}

/** What a post has shown to everybody, and shows no longer once it is as `after`. */
export function takenBack(before: Shown, after: Shown): readonly string[] {
  if (before.audience !== 'PUBLIC') return [];
  return after.audience === 'PUBLIC' ? before.mediaIds.filter((id) => !after.mediaIds.includes(id)) : before.mediaIds;
}

interface Shown {
  readonly audience: Audience;
  readonly mediaIds: readonly string[];
}

/** One of a post's media, and the place that it gets among them: 0 is the first. */
export interface MediaMove {
  /** Null: no id of a media. */
  readonly mediaId: string | null;
  readonly position: number;
}

export function checkMove(mediaIds: readonly string[], { mediaId, position }: MediaMove): FieldErrors {
  const check = new FieldErrors();
  check.that(mediaId !== null && mediaIds.includes(mediaId), 'mediaId', 'The post carries no such media.');
  check.that(position >= 0 && position < Math.max(1, mediaIds.length), 'position', `From 0 to ${Math.max(0, mediaIds.length - 1)}.`);
  return check;
}

/** The media after a move that {@link checkMove} takes. */
export function moved(mediaIds: readonly string[], { mediaId, position }: MediaMove): readonly string[] {
  const others = mediaIds.filter((id) => id !== mediaId);
  return mediaId === null ? mediaIds : others.toSpliced(position, 0, mediaId);
}

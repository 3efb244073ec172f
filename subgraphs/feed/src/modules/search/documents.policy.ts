import { languageOf } from '@plaza/search/analysis';
import type { Trait } from '@plaza/search/query-language';
import { type DocumentField, type IndexDocument, weightOf } from '@plaza/search/search-index';
import type { Audience, AuthorState } from '@plaza/visibility/can-see';

/** A post as content tells of it. */
export interface SearchablePost {
  readonly postId: string;
  readonly authorId: string;
  readonly audience: Audience;
  readonly language: string | null;
  readonly createdAt: string;
  readonly text: string;
  readonly contentWarning: string | null;
  readonly isSensitive: boolean;
  readonly isEdited: boolean;
  readonly hasProducts: boolean;
  readonly hasLinks: boolean;
  readonly hasMentions: boolean;
  readonly hashtags: readonly string[];
  readonly media: readonly { readonly kind: string; readonly altText: string | null }[];
}

/** A person as accounts tells of them. */
export interface SearchableUser {
  readonly userId: string;
  readonly state: AuthorState;
  readonly handle: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly createdAt: string;
}

/** A named text of a thing, for finding it and for showing where. `field` is its name in the graph. */
export interface NamedField extends DocumentField {
  readonly field: string;
}

export function postFields({
  text,
  contentWarning,
  media,
}: Pick<SearchablePost, 'text' | 'contentWarning' | 'media'>): readonly NamedField[] {
  return [
    { field: 'text', text, importance: 'TEXT' },
    ...(contentWarning === null ? [] : [{ field: 'contentWarning', text: contentWarning, importance: 'TEXT' } as const]),
    ...media.flatMap(({ altText }, index) =>
      altText === null || altText === '' ? [] : [{ field: `media.${index}.altText`, text: altText, importance: 'ASIDE' } as const],
    ),
  ];
}

export function userFields({ handle, displayName, bio }: Pick<SearchableUser, 'handle' | 'displayName' | 'bio'>): readonly NamedField[] {
  return [
    { field: 'handle', text: handle, importance: 'NAME' },
    { field: 'displayName', text: displayName, importance: 'NAME' },
    ...(bio === null ? [] : [{ field: 'bio', text: bio, importance: 'ASIDE' } as const]),
  ];
}

/** A post of somebody whose account is in use. Only the author finds what is for them alone. */
export function postDocument(post: SearchablePost, attention: number): IndexDocument {
  return {
    kind: 'POST',
    id: post.postId,
    authorId: post.authorId,
    isPublic: post.audience === 'PUBLIC',
    language: languageOf(post.text, post.language),
    createdAt: new Date(post.createdAt),
    traits: traitsOf(post),
    fields: postFields(post),
    names: [],
    label: null,
    weight: weightOf(attention),
  };
}

export function userDocument(user: SearchableUser, followers: number): IndexDocument {
  return {
    kind: 'USER',
    id: user.userId,
    authorId: user.userId,
    isPublic: true,
    language: null,
    createdAt: new Date(user.createdAt),
    traits: [],
    // As a mention and as words.
    fields: [{ text: `@${user.handle}`, importance: 'NAME' }, ...userFields(user).slice(1)],
    names: [user.handle, user.displayName],
    label: `@${user.handle}`,
    weight: weightOf(followers),
  };
}

export function hashtagDocument(name: string, postCount: number): IndexDocument {
  return {
    kind: 'HASHTAG',
    id: name,
    authorId: null,
    isPublic: true,
    language: null,
    createdAt: new Date(0),
    traits: [],
    fields: [{ text: `#${name}`, importance: 'NAME' }],
    names: [name],
    label: `#${name}`,
    weight: weightOf(postCount),
  };
}

function traitsOf({ media, hasLinks, hasMentions, hasProducts, hashtags, isEdited, isSensitive }: SearchablePost): readonly Trait[] {
  const kinds = new Set(media.map(({ kind }) => kind));
  const traits: readonly (readonly [Trait, boolean])[] = [
    ['has:media', media.length > 0],
    ['has:photo', kinds.has('PHOTO')],
    ['has:video', kinds.has('VIDEO')],
    ['has:link', hasLinks],
    ['has:hashtag', hashtags.length > 0],
    ['has:mention', hasMentions],
    ['has:product', hasProducts],
    ['is:edited', isEdited],
    ['is:sensitive', isSensitive],
  ];
  return traits.flatMap(([trait, holds]) => (holds ? [trait] : []));
}

/** Ids that a case may name; the test fills them in. */
export interface Ids {
  /** The viewer. */
  readonly me: string;
  /** A post of the viewer's, at revision 1. */
  readonly myPost: string;
  /** A public post of somebody else's. */
  readonly post: string;
  /** A comment of somebody else's on it. */
  readonly comment: string;
  /** Somebody else. */
  readonly user: string;
  /** Well-formed ids of things that never were. */
  readonly noPost: string;
  readonly noUser: string;
  readonly noComment: string;
  readonly noMedia: string;
  readonly noProduct: string;
  readonly noFolder: string;
  readonly noSession: string;
}

/** One bad input and the typed answer that it gets. */
export interface BadInput {
  readonly mutation: string;
  readonly says: string;
  readonly input: (ids: Ids) => Record<string, unknown>;
  /** The member of the result union. */
  readonly answer: string;
  /** Of a ValidationError: the path of its first entry. */
  readonly path?: string;
}

const KEY = 'a-key-of-this-attempt';
const long = (length: number) => 'x'.repeat(length);
const person = { handle: 'newcomer_1', displayName: 'Newcomer', email: 'newcomer@example.org', password: 'a long walk by West Lake' };
const post = { idempotencyKey: KEY, text: 'hello' };

const invalid = (mutation: string, path: string, says: string, input: BadInput['input']): BadInput => ({
  mutation,
  says,
  input,
  answer: 'ValidationError',
  path,
});
const missing = (mutation: string, says: string, input: BadInput['input']): BadInput => ({
  mutation,
  says,
  input,
  answer: 'NotFoundError',
});

export const BAD_INPUTS: readonly BadInput[] = [
  invalid('register', 'handle', 'a handle that is too short', () => ({ ...person, handle: 'ab' })),
  invalid('register', 'handle', 'a handle with a space', () => ({ ...person, handle: 'two words' })),
  invalid('register', 'handle', 'a handle that is too long', () => ({ ...person, handle: long(31) })),
  invalid('register', 'displayName', 'an empty name', () => ({ ...person, displayName: '  ' })),
  invalid('register', 'displayName', 'a name that is too long', () => ({ ...person, displayName: long(51) })),
  invalid('register', 'email', 'no e-mail address', () => ({ ...person, email: 'nowhere' })),
  invalid('register', 'password', 'a short password', () => ({ ...person, password: 'seven77' })),
  invalid('register', 'password', 'a common password', () => ({ ...person, password: 'password123' })),
  invalid('register', 'password', 'an endless password', () => ({ ...person, password: long(257) })),
  {
    mutation: 'login',
    says: 'an unknown name',
    input: () => ({ identifier: 'nobody_at_all', password: 'whatever it is' }),
    answer: 'InvalidCredentialsError',
  },
  {
    mutation: 'refreshSession',
    says: 'a token that never was',
    input: () => ({ refreshToken: 'nonsense', idempotencyKey: KEY }),
    answer: 'SessionRevokedError',
  },
  missing('revokeSession', 'a session that never was', (ids) => ({ sessionId: ids.noSession })),
  missing('revokeSession', 'a malformed id', () => ({ sessionId: 'session_%00' })),
  invalid('updateProfile', 'displayName', 'an empty name', () => ({ displayName: '' })),
  invalid('updateProfile', 'bio', 'a bio that is too long', () => ({ bio: long(501) })),
  invalid('updateProfile', 'avatarId', 'a picture that never was', (ids) => ({ avatarId: ids.noMedia })),
  invalid('updateProfile', 'fields', 'five fields', () => ({
    fields: Array.from({ length: 5 }, (_, n) => ({ name: `n${n}`, value: 'v' })),
  })),
  invalid('updateProfile', 'fields.0.name', 'a field without a name', () => ({ fields: [{ name: '', value: 'v' }] })),
  invalid('updateProfile', 'fields.0.value', 'a field without a value', () => ({ fields: [{ name: 'n', value: '' }] })),
  invalid('updatePreferences', 'locale', 'a locale that is none', () => ({ locale: 'not a locale' })),
  invalid('updatePreferences', 'timeZone', 'a time zone on Mars', () => ({ timeZone: 'Mars/Olympus_Mons' })),
  invalid('publishPost', 'text', 'nothing at all', () => ({ ...post, text: '' })),
  invalid('publishPost', 'text', 'a text that is too long', () => ({ ...post, text: long(5_001) })),
  invalid('publishPost', 'idempotencyKey', 'a key that is too short', () => ({ ...post, idempotencyKey: 'x' })),
  invalid('publishPost', 'contentWarning', 'an empty warning', () => ({ ...post, contentWarning: '' })),
  invalid('publishPost', 'contentWarning', 'a warning that is too long', () => ({ ...post, contentWarning: long(201) })),
  invalid('publishPost', 'language', 'a language that is none', () => ({ ...post, language: 'not a language' })),
  invalid('publishPost', 'media.0.mediaId', 'a photo that never was', (ids) => ({ ...post, media: [{ mediaId: ids.noMedia }] })),
  invalid('publishPost', 'media.0.mediaId', 'a malformed media id', () => ({ ...post, media: [{ mediaId: 'media_!' }] })),
  invalid('publishPost', 'productIds.0', 'a product that never was', (ids) => ({ ...post, productIds: [ids.noProduct] })),
  invalid('editPost', 'text', 'a text that is too long', (ids) => ({ postId: ids.myPost, expectedRevision: 1, text: long(5_001) })),
  {
    mutation: 'editPost',
    says: 'a stale revision',
    input: (ids) => ({ postId: ids.myPost, expectedRevision: 7, text: 'late' }),
    answer: 'RevisionConflictError',
  },
  {
    mutation: 'editPost',
    says: 'somebody else’s post',
    input: (ids) => ({ postId: ids.post, expectedRevision: 1, text: 'mine' }),
    answer: 'NotAllowedError',
  },
  missing('editPost', 'a post that never was', (ids) => ({ postId: ids.noPost, expectedRevision: 1, text: 'x' })),
  missing('editPost', 'a post that never was, and a text that is too long', (ids) => ({
    postId: ids.noPost,
    expectedRevision: 1,
    text: long(5_001),
  })),
  { mutation: 'deletePost', says: 'somebody else’s post', input: (ids) => ({ postId: ids.post }), answer: 'NotAllowedError' },
  missing('deletePost', 'a post that never was', (ids) => ({ postId: ids.noPost })),
  missing('deletePost', 'the id of another kind of thing', (ids) => ({ postId: ids.user })),
  missing('restorePost', 'a post that was not deleted', (ids) => ({ postId: ids.myPost })),
  missing('restorePost', 'a post that never was', (ids) => ({ postId: ids.noPost })),
  invalid('follow', 'userId', 'oneself', (ids) => ({ userId: ids.me })),
  invalid('follow', 'languages.0', 'a language that is none', (ids) => ({ userId: ids.user, languages: ['not a language'] })),
  ...[
    'follow',
    'unfollow',
    'cancelFollowRequest',
    'acceptFollowRequest',
    'rejectFollowRequest',
    'removeFollower',
    'mute',
    'unmute',
    'block',
    'unblock',
  ].flatMap((mutation) => [
    missing(mutation, 'somebody who never was', (ids) => ({ userId: ids.noUser })),
    missing(mutation, 'a malformed id', () => ({ userId: 'user_' })),
    missing(mutation, 'the id of another kind of thing', (ids) => ({ userId: ids.post })),
  ]),
  invalid('mute', 'durationSeconds', 'no time at all', (ids) => ({ userId: ids.user, durationSeconds: 0 })),
  invalid('mute', 'durationSeconds', 'a negative time', (ids) => ({ userId: ids.user, durationSeconds: -5 })),
  invalid('mute', 'durationSeconds', 'more than a year', (ids) => ({ userId: ids.user, durationSeconds: 2_000_000_000 })),
  invalid('block', 'userId', 'oneself', (ids) => ({ userId: ids.me })),
  ...['likePost', 'unlikePost', 'repost', 'undoRepost', 'bookmarkPost', 'removeBookmark'].flatMap((mutation) => [
    missing(mutation, 'a post that never was', (ids) => ({ postId: ids.noPost })),
    missing(mutation, 'a malformed id', () => ({ postId: '' })),
    missing(mutation, 'the id of another kind of thing', (ids) => ({ postId: ids.comment })),
  ]),
  missing('bookmarkPost', 'a folder that never was', (ids) => ({ postId: ids.post, folderId: ids.noFolder })),
  missing('deleteBookmarkFolder', 'a folder that never was', (ids) => ({ folderId: ids.noFolder })),
  invalid('createBookmarkFolder', 'name', 'an empty name', () => ({ name: '' })),
  invalid('createBookmarkFolder', 'name', 'a name that is too long', () => ({ name: long(51) })),
  invalid('addComment', 'text', 'nothing at all', (ids) => ({ idempotencyKey: KEY, postId: ids.post, text: ' ' })),
  invalid('addComment', 'text', 'a text that is too long', (ids) => ({ idempotencyKey: KEY, postId: ids.post, text: long(2_001) })),
  invalid('addComment', 'idempotencyKey', 'a key that is too short', (ids) => ({ idempotencyKey: 'x', postId: ids.post, text: 'hi' })),
  missing('addComment', 'a post that never was', (ids) => ({ idempotencyKey: KEY, postId: ids.noPost, text: 'hi' })),
  missing('addComment', 'a post that never was, and nothing to say', (ids) => ({ idempotencyKey: KEY, postId: ids.noPost, text: '' })),
  missing('addComment', 'an answer to a comment that never was', (ids) => ({
    idempotencyKey: KEY,
    postId: ids.post,
    text: 'hi',
    replyToId: ids.noComment,
  })),
  missing('addComment', 'an answer to a comment on another post', (ids) => ({
    idempotencyKey: KEY,
    postId: ids.myPost,
    text: 'hi',
    replyToId: ids.comment,
  })),
  {
    mutation: 'editComment',
    says: 'somebody else’s comment',
    input: (ids) => ({ commentId: ids.comment, text: 'mine' }),
    answer: 'NotAllowedError',
  },
  missing('editComment', 'a comment that never was', (ids) => ({ commentId: ids.noComment, text: 'hi' })),
  {
    mutation: 'deleteComment',
    says: 'somebody else’s comment under somebody else’s post',
    input: (ids) => ({ commentId: ids.comment }),
    answer: 'NotAllowedError',
  },
  missing('deleteComment', 'a comment that never was', (ids) => ({ commentId: ids.noComment })),
  missing('likeComment', 'a comment that never was', (ids) => ({ commentId: ids.noComment })),
  missing('unlikeComment', 'a malformed id', () => ({ commentId: 'comment' })),
];

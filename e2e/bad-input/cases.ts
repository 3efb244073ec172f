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
  /** A shop of the viewer's, and a variant that it sells. */
  readonly myShop: string;
  readonly myVariant: string;
  /** A seller order of that shop's, paid, over 500 USD cents; not sent. Its only line. */
  readonly mySellerOrder: string;
  readonly myOrderLine: string;
  /** A seller order of somebody else's shop that the viewer has bought. */
  readonly boughtSellerOrder: string;
  /** A conversation of the viewer's, and one of two others. */
  readonly myConversation: string;
  readonly conversation: string;
  /** Well-formed ids of things that never were. */
  readonly noConversation: string;
  readonly noMessage: string;
  readonly noShop: string;
  readonly noVariant: string;
  readonly noOrder: string;
  readonly noPost: string;
  readonly noUser: string;
  readonly noComment: string;
  readonly noMedia: string;
  readonly noProduct: string;
  readonly noFolder: string;
  readonly noSellerOrder: string;
  readonly noShipment: string;
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
const variant = { sku: 'a', title: '100 g', price: { amountMinor: '500', currencyCode: 'USD' }, stock: 5 };
const product = { idempotencyKey: KEY, title: 'Tea', variants: [variant] };
const upload = { fileName: 'a.png', contentType: 'image/png', byteSize: '1000', sha256: 'a'.repeat(64) };
const checkout = {
  idempotencyKey: KEY,
  expectedTotal: { amountMinor: '500', currencyCode: 'USD' },
  shippingAddress: { name: 'Anna', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' },
};

const shipment = { idempotencyKey: KEY, carrier: 'VNPost' };
const refund = { idempotencyKey: KEY, amount: { amountMinor: '1', currencyCode: 'USD' } };

const conversation = { idempotencyKey: KEY, kind: 'GROUP', title: 'Tea' };
const message = { clientMessageId: KEY, text: 'hello' };

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

const badToken = (mutation: string, says: string, input: Record<string, unknown>): BadInput => ({
  mutation,
  says,
  input: () => input,
  answer: 'InvalidTokenError',
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
  ...['verifyEmail', 'confirmEmailChange', 'undoEmailChange'].flatMap((mutation) => [
    badToken(mutation, 'a token that never was', { token: 'a'.repeat(43) }),
    badToken(mutation, 'a token that could be none', { token: '\0' }),
  ]),
  invalid('requestPasswordReset', 'identifier', 'neither a handle nor an address', () => ({ identifier: 'who am I?' })),
  badToken('resetPassword', 'a token that never was', { token: 'a'.repeat(43), newPassword: 'a long walk by West Lake' }),
  badToken('resetPassword', 'a token that never was, and a password that will not do', { token: 'a'.repeat(43), newPassword: 'x' }),
  invalid('requestEmailChange', 'newEmail', 'no e-mail address', () => ({ newEmail: 'nowhere', password: person.password })),
  {
    mutation: 'requestEmailChange',
    says: 'another password',
    input: () => ({ newEmail: 'elsewhere@example.org', password: 'not hers at all' }),
    answer: 'InvalidCredentialsError',
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
  invalid('moveMedia', 'mediaId', 'a photo that the post does not carry', (ids) => ({
    postId: ids.myPost,
    mediaId: ids.noMedia,
    position: 0,
    expectedRevision: 1,
  })),
  invalid('moveMedia', 'position', 'a place that there is not', (ids) => ({
    postId: ids.myPost,
    mediaId: ids.noMedia,
    position: 2_147_483_647,
    expectedRevision: 1,
  })),
  {
    mutation: 'moveMedia',
    says: 'somebody else’s post',
    input: (ids) => ({ postId: ids.post, mediaId: ids.noMedia, position: 0, expectedRevision: 1 }),
    answer: 'NotAllowedError',
  },
  missing('moveMedia', 'a post that never was', (ids) => ({ postId: ids.noPost, mediaId: ids.noMedia, position: -1, expectedRevision: 1 })),
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
    'dismissSuggestedUser',
  ].flatMap((mutation) => [
    missing(mutation, 'somebody who never was', (ids) => ({ userId: ids.noUser })),
    missing(mutation, 'a malformed id', () => ({ userId: 'user_' })),
    missing(mutation, 'the id of another kind of thing', (ids) => ({ userId: ids.post })),
  ]),
  invalid('mute', 'durationSeconds', 'no time at all', (ids) => ({ userId: ids.user, durationSeconds: 0 })),
  invalid('mute', 'durationSeconds', 'a negative time', (ids) => ({ userId: ids.user, durationSeconds: -5 })),
  invalid('mute', 'durationSeconds', 'more than a year', (ids) => ({ userId: ids.user, durationSeconds: 2_000_000_000 })),
  invalid('block', 'userId', 'oneself', (ids) => ({ userId: ids.me })),
  invalid('dismissSuggestedUser', 'userId', 'oneself', (ids) => ({ userId: ids.me })),
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
  invalid('openShop', 'idempotencyKey', 'no key', () => ({ idempotencyKey: '', name: 'Tea' })),
  invalid('openShop', 'name', 'no name', () => ({ idempotencyKey: KEY, name: ' ' })),
  invalid('openShop', 'description', 'a description that is too long', () => ({
    idempotencyKey: KEY,
    name: 'Tea',
    description: long(2_001),
  })),
  missing('createProduct', 'a shop that never was', ({ noShop }) => ({ ...product, shopId: noShop })),
  missing('createProduct', 'an id that is none', () => ({ ...product, shopId: 'nonsense' })),
  invalid('createProduct', 'title', 'no title', ({ myShop }) => ({ ...product, shopId: myShop, title: '' })),
  invalid('createProduct', 'variants', 'no variant', ({ myShop }) => ({ ...product, shopId: myShop, variants: [] })),
  invalid('createProduct', 'variants.1.sku', 'a SKU twice', ({ myShop }) => ({ ...product, shopId: myShop, variants: [variant, variant] })),
  invalid('createProduct', 'variants.0.stock', 'a negative stock', ({ myShop }) => ({
    ...product,
    shopId: myShop,
    variants: [{ ...variant, stock: -1 }],
  })),
  invalid('createProduct', 'variants.0.price.amountMinor', 'a price that is negative', ({ myShop }) => ({
    ...product,
    shopId: myShop,
    variants: [{ ...variant, price: { amountMinor: '-5', currencyCode: 'USD' } }],
  })),
  invalid('createProduct', 'variants.1.price.currencyCode', 'two currencies', ({ myShop }) => ({
    ...product,
    shopId: myShop,
    variants: [variant, { ...variant, sku: 'b', price: { amountMinor: '5', currencyCode: 'EUR' } }],
  })),
  invalid('createProduct', 'media.0.mediaId', 'a medium that never was', ({ myShop, noMedia }) => ({
    ...product,
    shopId: myShop,
    media: [{ mediaId: noMedia }],
  })),
  missing('adjustStock', 'a variant that never was', ({ noVariant }) => ({ idempotencyKey: KEY, variantId: noVariant, change: 1 })),
  invalid('adjustStock', 'change', 'no change', ({ myVariant }) => ({ idempotencyKey: KEY, variantId: myVariant, change: 0 })),
  invalid('adjustStock', 'change', 'more out than there is', ({ myVariant }) => ({
    idempotencyKey: KEY,
    variantId: myVariant,
    change: -6,
  })),
  missing('setCartLine', 'a variant that never was', ({ noVariant }) => ({ variantId: noVariant, quantity: 1 })),
  invalid('setCartLine', 'quantity', 'a negative quantity', ({ myVariant }) => ({ variantId: myVariant, quantity: -1 })),
  invalid('setCartLine', 'quantity', 'a huge quantity', ({ myVariant }) => ({ variantId: myVariant, quantity: 2_147_483_647 })),
  invalid('setCartLine', 'postId', 'a post that never was', ({ myVariant, noPost }) => ({
    variantId: myVariant,
    quantity: 1,
    postId: noPost,
  })),
  invalid('checkout', 'idempotencyKey', 'no key', () => ({ ...checkout, idempotencyKey: '' })),
  invalid('checkout', 'expectedTotal', 'an empty cart', () => checkout),
  invalid('checkout', 'expectedTotal.amountMinor', 'a total that is no number', () => ({
    ...checkout,
    expectedTotal: { amountMinor: '1e3', currencyCode: 'USD' },
  })),
  invalid('checkout', 'shippingAddress.countryCode', 'a country that is none', () => ({
    ...checkout,
    shippingAddress: { ...checkout.shippingAddress, countryCode: 'ZZ' },
  })),
  missing('payOrder', 'an order that never was', ({ noOrder }) => ({
    idempotencyKey: KEY,
    orderId: noOrder,
    paymentMethod: { provider: 'test', token: 'ok' },
  })),
  missing('createShipment', 'a seller order that never was', ({ noSellerOrder, myOrderLine }) => ({
    ...shipment,
    sellerOrderId: noSellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: 1 }],
  })),
  missing('createShipment', 'what another shop has sold', ({ boughtSellerOrder, myOrderLine }) => ({
    ...shipment,
    sellerOrderId: boughtSellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: 1 }],
  })),
  invalid('createShipment', 'lines', 'no line', ({ mySellerOrder }) => ({ ...shipment, sellerOrderId: mySellerOrder, lines: [] })),
  invalid('createShipment', 'lines.0.quantity', 'a negative quantity', ({ mySellerOrder, myOrderLine }) => ({
    ...shipment,
    sellerOrderId: mySellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: -1 }],
  })),
  invalid('createShipment', 'lines.0.quantity', 'a huge quantity', ({ mySellerOrder, myOrderLine }) => ({
    ...shipment,
    sellerOrderId: mySellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: 2_147_483_647 }],
  })),
  invalid('createShipment', 'lines.0.orderLineId', 'a line that is none', ({ mySellerOrder, noVariant }) => ({
    ...shipment,
    sellerOrderId: mySellerOrder,
    lines: [{ orderLineId: noVariant, quantity: 1 }],
  })),
  invalid('createShipment', 'carrier', 'a carrier that is too long', ({ mySellerOrder, myOrderLine }) => ({
    ...shipment,
    carrier: long(61),
    sellerOrderId: mySellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: 1 }],
  })),
  missing('markDelivered', 'a shipment that never was', ({ noShipment }) => ({ shipmentId: noShipment })),
  missing('refundOrder', 'a seller order that never was', ({ noSellerOrder }) => ({ ...refund, sellerOrderId: noSellerOrder })),
  missing('refundOrder', 'what another shop has sold', ({ boughtSellerOrder }) => ({ ...refund, sellerOrderId: boughtSellerOrder })),
  invalid('refundOrder', 'amount.amountMinor', 'more than was paid', ({ mySellerOrder }) => ({
    ...refund,
    sellerOrderId: mySellerOrder,
    amount: { amountMinor: '501', currencyCode: 'USD' },
  })),
  invalid('refundOrder', 'amount.amountMinor', 'a negative amount', ({ mySellerOrder }) => ({
    ...refund,
    sellerOrderId: mySellerOrder,
    amount: { amountMinor: '-1', currencyCode: 'USD' },
  })),
  invalid('refundOrder', 'amount.currencyCode', 'another currency', ({ mySellerOrder }) => ({
    ...refund,
    sellerOrderId: mySellerOrder,
    amount: { amountMinor: '1', currencyCode: 'VND' },
  })),
  invalid('refundOrder', 'lines', 'neither lines nor an amount', ({ mySellerOrder }) => ({
    idempotencyKey: KEY,
    sellerOrderId: mySellerOrder,
  })),
  invalid('refundOrder', 'lines.0.quantity', 'more pieces than there are', ({ mySellerOrder, myOrderLine }) => ({
    idempotencyKey: KEY,
    sellerOrderId: mySellerOrder,
    lines: [{ orderLineId: myOrderLine, quantity: 2 }],
  })),
  missing('cancelOrder', 'an order that never was', ({ noOrder }) => ({ orderId: noOrder })),
  invalid('startUpload', 'fileName', 'no name', () => ({ ...upload, fileName: '' })),
  invalid('startUpload', 'byteSize', 'a size of nothing', () => ({ ...upload, byteSize: '0' })),
  invalid('startUpload', 'sha256', 'no checksum', () => ({ ...upload, sha256: 'abc' })),
  { mutation: 'startUpload', says: 'a text', input: () => ({ ...upload, contentType: 'text/plain' }), answer: 'UnsupportedMediaError' },
  invalid('startUpload', 'trim', 'a part of a photo', () => ({ ...upload, trim: { startMs: 0 } })),
  invalid('startUpload', 'trim.startMs', 'a part from before the start', () => ({
    ...upload,
    contentType: 'video/mp4',
    trim: { startMs: -5 },
  })),
  invalid('startUpload', 'byteSize', 'a mountain', () => ({ ...upload, byteSize: '99999999999999' })),
  missing('setFocalPoint', 'a medium that never was', ({ noMedia }) => ({ mediaId: noMedia, x: 0.5, y: 0.5 })),
  missing('setCaptions', 'a medium that never was', ({ noMedia }) => ({ mediaId: noMedia, language: 'en', webvtt: 'WEBVTT' })),
  missing('startConversation', 'somebody who never was', ({ noUser }) => ({ ...conversation, memberIds: [noUser] })),
  missing('startConversation', 'a malformed id', () => ({ ...conversation, memberIds: ['user_%00'] })),
  invalid('startConversation', 'memberIds', 'nobody', () => ({ ...conversation, memberIds: [] })),
  invalid('startConversation', 'memberIds', 'oneself', ({ me, user }) => ({ ...conversation, memberIds: [me, user] })),
  invalid('startConversation', 'memberIds', 'too many', ({ noUser }) => ({
    ...conversation,
    memberIds: Array.from({ length: 101 }, (_, n) => `${noUser.slice(0, -3)}${n + 100}`),
  })),
  invalid('startConversation', 'title', 'a title that is too long', ({ user }) => ({
    ...conversation,
    memberIds: [user],
    title: long(101),
  })),
  invalid('startConversation', 'title', 'a title for two', ({ user }) => ({ ...conversation, kind: 'DIRECT', memberIds: [user] })),
  invalid('startConversation', 'idempotencyKey', 'a key that is too short', ({ user }) => ({
    ...conversation,
    idempotencyKey: 'x',
    memberIds: [user],
  })),
  missing('sendMessage', 'a conversation that never was', ({ noConversation }) => ({ ...message, conversationId: noConversation })),
  missing('sendMessage', 'a conversation of others', (ids) => ({ ...message, conversationId: ids.conversation, text: '' })),
  missing('sendMessage', 'a malformed id', () => ({ ...message, conversationId: 'conversation_%00' })),
  invalid('sendMessage', 'text', 'nothing at all', (ids) => ({ ...message, conversationId: ids.myConversation, text: '' })),
  invalid('sendMessage', 'text', 'a text that is too long', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    text: long(10_001),
  })),
  invalid('sendMessage', 'text', 'a megabyte', (ids) => ({ ...message, conversationId: ids.myConversation, text: long(900_000) })),
  invalid('sendMessage', 'clientMessageId', 'a key that is too short', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    clientMessageId: 'x',
  })),
  invalid('sendMessage', 'replyToId', 'an answer to nothing', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    replyToId: ids.noMessage,
  })),
  invalid('sendMessage', 'media.0', 'a photo that never was', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    media: [ids.noMedia],
  })),
  invalid('sendMessage', 'sharedId', 'a post that never was', (ids) => ({
    ...message,
    conversationId: ids.myConversation,
    sharedId: ids.noPost,
  })),
  invalid('sendMessage', 'sharedId', 'a person', (ids) => ({ ...message, conversationId: ids.myConversation, sharedId: ids.user })),
  missing('markRead', 'a conversation that never was', ({ noConversation }) => ({ conversationId: noConversation, seq: 1 })),
  missing('markRead', 'a conversation of others', (ids) => ({ conversationId: ids.conversation, seq: -1 })),
  invalid('markRead', 'seq', 'a negative place', (ids) => ({ conversationId: ids.myConversation, seq: -1 })),
];

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
  /** A group of the viewer's. */
  readonly myGroup: string;
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

export const KEY = 'a-key-of-this-attempt';
export const long = (length: number) => 'x'.repeat(length);

export const invalid = (mutation: string, path: string, says: string, input: BadInput['input']): BadInput => ({
  mutation,
  says,
  input,
  answer: 'ValidationError',
  path,
});
export const missing = (mutation: string, says: string, input: BadInput['input']): BadInput => ({
  mutation,
  says,
  input,
  answer: 'NotFoundError',
});

export const badToken = (mutation: string, says: string, input: Record<string, unknown>): BadInput => ({
  mutation,
  says,
  input: () => input,
  answer: 'InvalidTokenError',
});

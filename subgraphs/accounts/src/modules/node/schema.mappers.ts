/** What another subgraph owns: a TypeID that only the owner can turn into something. */
interface Stub {
  readonly ref: string;
}

export type PostMapper = Stub;
export type MediaMapper = Stub;
export type CommentMapper = Stub;
export type ProductMapper = Stub;
export type ShopMapper = Stub;
export type OrderMapper = Stub;
export type NotificationMapper = Stub;

/** A post by UUID, with the gate that its owner handed out for this viewer, where the gateway fetched one. */
export interface PostMapper {
  readonly postId: string;
  readonly gate?: string | null | undefined;
}

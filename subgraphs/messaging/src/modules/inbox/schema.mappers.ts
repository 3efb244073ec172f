/** The viewer of the request; `id` is their user's UUID. */
export interface ViewerMapper {
  readonly id: string;
}

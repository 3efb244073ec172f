/** Asks a page whether it belongs to a person. */
export interface LinkVerifier {
  /** Whether the page at `url` (https) links to `profileUrl` with rel=me. False for every kind of failure; `signal` ends the asking. */
  verify(url: URL, profileUrl: string, signal: AbortSignal): Promise<boolean>;
}

/** What runs in a process of its own. Each is named in full: where it was built, the path of the built one stands here. */
export const PROGRAMS = {
  gateway: new URL('../../gateway/src/main.ts', import.meta.url),
  accounts: new URL('../../subgraphs/accounts/src/main.ts', import.meta.url),
  content: new URL('../../subgraphs/content/src/main.ts', import.meta.url),
  social: new URL('../../subgraphs/social/src/main.ts', import.meta.url),
  feed: new URL('../../subgraphs/feed/src/main.ts', import.meta.url),
  commerce: new URL('../../subgraphs/commerce/src/main.ts', import.meta.url),
  messaging: new URL('../../subgraphs/messaging/src/main.ts', import.meta.url),
} as const;

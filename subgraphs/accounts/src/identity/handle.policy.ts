/** Names that would be taken for Plaza itself or for a page of it. */
const RESERVED = new Set(
  `about abuse account accounts admin administrator all anonymous api app auth billing blog bot contact dev developer developers everyone explore
  feed following graphql health help here home hostmaster inbox info legal login logout mail me media messages metrics mod moderator moderators
  myself news nobody noreply notifications null official oauth owner plaza plaza_team postmaster press privacy register root search security
  settings shop signin signup staff status store support sysadmin system team terms trust undefined user users verified webmaster www`.split(
    /\s+/u,
  ),
);

/**
 * A handle as it is stored: lower case. Null when it is none. The letters are looked at before they are folded, because some foreign ones
 * fold into ASCII (the Kelvin sign becomes k).
 */
export function foldHandle(text: string): string | null {
  return /^[A-Za-z0-9_]{3,30}$/u.test(text) ? text.toLowerCase() : null;
}

/** A handle as people write it: `@Anna`. */
export const foldMention = (text: string): string | null => foldHandle(text.startsWith('@') ? text.slice(1) : text);

export const isReserved = (handle: string): boolean => RESERVED.has(handle);

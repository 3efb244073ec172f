const TAGS = /<(?:a|link)\s[^<>]{1,2000}>/giu;
const ATTRIBUTE = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/giu;

/** Whether a page links to `target` with rel=me, in an `a` or a `link`. `target` is compared without regard to a slash at its end. */
export function linksBack(html: string, target: string): boolean {
  return [...html.matchAll(TAGS)].some(([tag]) => {
    const attributes = new Map(
      [...tag.matchAll(ATTRIBUTE)].map(([, name, ...values]) => [name?.toLowerCase(), values.find((v) => v !== undefined) ?? '']),
    );
    const rel = attributes.get('rel')?.toLowerCase().split(/\s+/u) ?? [];
    return rel.includes('me') && plain(attributes.get('href') ?? '') === plain(target);
  });
}

function plain(address: string): string | null {
  const text = address.trim().replaceAll('&amp;', '&');
  return URL.canParse(text) ? new URL(text).href.replace(/\/$/u, '') : null;
}

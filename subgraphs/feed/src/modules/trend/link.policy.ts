/** What says where a click came from, not where it goes. */
const TRACKING = /^(?:utm_.*|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|si|ref_src)$/i;
const MAX_LENGTH = 2_000;

/** One address for all the ways of linking to a page: without fragment, tracking and a last slash. Null for what is none or too long. */
export function linkSubject(link: string): string | null {
  if (link.length > MAX_LENGTH || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  for (const name of tracking) url.searchParams.delete(name);
  url.searchParams.sort();
  url.pathname = url.pathname.replace(/(?<=.)\/+$/, '');
  const text = url.toString();
  return url.pathname === '/' && url.search === '' ? text.slice(0, -1) : text;
}

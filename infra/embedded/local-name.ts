/** How this machine reaches itself where somebody listens on `host`, ready for a URL. */
export function localName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

import { domainToASCII } from 'node:url';

const LOCAL = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/u;

/**
 * An address as it is stored: lower case, the domain in ASCII. Null when it cannot be one. Quoted local parts and address literals are legal in
 * RFC 5321 and in nobody's use.
 */
export function foldEmail(text: string): string | null {
  const trimmed = text.trim().normalize('NFC');
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at).toLowerCase();
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  const email = `${local}@${domain}`;
  const fits = at > 0 && Buffer.byteLength(local) <= 64 && email.length <= 254;
  return fits && LOCAL.test(local) && DOMAIN.test(domain) ? email : null;
}

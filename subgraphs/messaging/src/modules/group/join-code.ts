import { randomBytes } from 'node:crypto';

const ID_BYTES = 16;
const SECRET_BYTES = 16;

/** A code for a group: its id, which says where the group is, and a secret that nobody guesses. */
export function newJoinCode(conversationId: string): string {
  return Buffer.concat([Buffer.from(conversationId.replaceAll('-', ''), 'hex'), randomBytes(SECRET_BYTES)]).toString('base64url');
}

/** The conversation of a code; null for what is none. */
export function conversationOfCode(code: string): string | null {
  const bytes = Buffer.from(code.slice(0, 100), 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== code) return null;
  const hex = bytes.toString('hex', 0, ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

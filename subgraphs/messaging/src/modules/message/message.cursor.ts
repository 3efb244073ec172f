import { badUserInput } from '@plaza/kernel/fault';

/** A place in a conversation, as a list's cursor has it. */
export const sealSeq = (seq: number): string => Buffer.from(`seq ${seq}`).toString('base64url');

/** @throws Fault BAD_USER_INPUT for anything that {@link sealSeq} did not make. */
export function openSeq(cursor: string): number {
  const seq = Number(Buffer.from(cursor, 'base64url').toString('utf8').slice('seq '.length));
  if (!Number.isSafeInteger(seq) || seq < 0 || sealSeq(seq) !== cursor) throw badUserInput('The cursor is malformed.');
  return seq;
}

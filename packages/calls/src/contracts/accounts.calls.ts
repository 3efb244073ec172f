import { z } from 'zod';
import { defineCall, MAX_IDS_PER_CALL } from '../call-contract.js';

const ids = z.array(z.uuid()).max(MAX_IDS_PER_CALL);

/** The states of accounts; ids that were never given are left out. */
export const userStates = defineCall('accounts', 'userStates', {
  input: z.object({ userIds: ids }),
  output: z.object({
    states: z.array(
      z.object({
        userId: z.uuid(),
        state: z.enum(['ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED']),
        isLocked: z.boolean(),
        /** Whether the person may be suggested to people who do not follow them. */
        isDiscoverable: z.boolean().default(true),
      }),
    ),
  }),
});

/** What a person has asked to be held to when they publish. */
export const publishingRules = defineCall('accounts', 'publishingRules', {
  input: z.object({ userId: z.uuid() }),
  output: z.object({ requireAltText: z.boolean() }),
});

/** Whose handles these are (lower case, without @); unknown ones are left out. */
export const usersByHandle = defineCall('accounts', 'usersByHandle', {
  input: z.object({ handles: z.array(z.string().max(60)).max(100) }),
  output: z.object({ users: z.array(z.object({ handle: z.string(), userId: z.uuid() })) }),
});

/**
 * Where to write to these people, and how: active people with an address that they have proved; the others are left out. Asked when a mail is
 * sent, never kept. Only messaging is answered (docs/adr/0022). @throws Fault BAD_USER_INPUT for anybody else
 */
export const mailRecipients = defineCall('accounts', 'mailRecipients', {
  input: z.object({ userIds: ids }),
  output: z.object({
    recipients: z.array(
      z.object({
        userId: z.uuid(),
        email: z.string(),
        handle: z.string(),
        displayName: z.string(),
        /** BCP 47. */
        locale: z.string(),
        /** IANA. */
        timeZone: z.string(),
      }),
    ),
  }),
});

/** The public keys of access tokens, as a JWK set (RFC 7517). */
export const publicKeys = defineCall('accounts', 'publicKeys', {
  input: z.object({}),
  output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
});

/** Sessions that ended while access tokens of theirs may still be in use, since `since` (milliseconds, 0 for all). */
export const revokedSessions = defineCall('accounts', 'revokedSessions', {
  input: z.object({ since: z.number().int().nonnegative() }),
  output: z.object({ sessionIds: z.array(z.uuid()), asOf: z.number().int() }),
});

/** Notes that these sessions were just used (the gateway batches a minute's worth). */
export const sessionsSeen = defineCall('accounts', 'sessionsSeen', {
  input: z.object({ sessionIds: ids }),
  output: z.object({}),
});

/** Moderation's and erasure's lever; no public mutation reaches it yet. */
export const setUserState = defineCall('accounts', 'setUserState', {
  input: z.object({ userId: z.uuid(), state: z.enum(['ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED']) }),
  output: z.object({}),
});

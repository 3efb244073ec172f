import { z } from 'zod';
import { defineEvent, field } from '../event-contract.js';

/** Somebody opened an account. */
export const userRegistered = defineEvent('accounts', 'user.registered', 'userId', z.object({ userId: field.id() }));

/** An account was deactivated, suspended, erased, or came back. */
export const userStateChanged = defineEvent(
  'accounts',
  'user.stateChanged',
  'userId',
  z.object({ userId: field.id(), state: field.oneOf(['ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED']) }),
);

/** What others see of a person changed: name, bio, picture, fields. */
export const userProfileChanged = defineEvent('accounts', 'user.profileChanged', 'userId', z.object({ userId: field.id() }));

/** A session ended before its time. */
export const sessionRevoked = defineEvent('accounts', 'session.revoked', 'userId', z.object({ userId: field.id(), sessionId: field.id() }));

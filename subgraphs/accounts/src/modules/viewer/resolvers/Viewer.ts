import { toTypeId } from '@plaza/kernel/type-id';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: ViewerResolvers = {
  // Who the viewer is says the assertion, never the representation.
  __resolveReference: (_reference, { viewer }) => viewer && { userId: viewer.id, sessionId: viewer.sessionId },
  id: ({ userId }) => toTypeId('viewer', userId),
  user: ({ userId }, _args, { services, loaders }) => services.users.self(userId, loaders),
  email: async ({ userId }, _args, { services }) => (await services.viewers.contact(userId))?.email ?? null,
  emailVerified: async ({ userId }, _args, { services }) => {
    const contact = await services.viewers.contact(userId);
    return contact === null ? null : contact.emailVerifiedAt !== null;
  },
  emailVerifiedAt: async ({ userId }, _args, { services }) => (await services.viewers.contact(userId))?.emailVerifiedAt ?? null,
  pendingEmail: async ({ userId }, _args, { services }) => (await services.viewers.contact(userId))?.pendingEmail ?? null,
  preferences: ({ userId }, _args, { services }) => services.viewers.preferences(userId),
  sessions: async ({ userId, sessionId }, _args, { services }) =>
    (await services.sessions.live(userId)).map((session) => ({ ...session, isCurrent: session.id === sessionId })),
};

import { fromTypeId } from '@plaza/kernel/type-id';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const updateProfile: NonNullable<MutationResolvers['updateProfile']> = async (_parent, { input }, context) => {
  const { services, loaders, scope } = context;
  const viewer = requireViewer(context);
  const { avatarId, ...change } = input;
  const update = await services.profiles.update(
    viewer.id,
    { ...change, ...(avatarId !== undefined && { avatar: avatarOf(avatarId) }) },
    scope,
  );
  if (update.kind === 'invalid') {
    return { __typename: 'ValidationError', code: 'VALIDATION', message: 'The profile breaks a rule.', fields: update.errors };
  }
  loaders.userById.clear(viewer.id);
  loaders.fieldsByUser.clear(viewer.id);
  const user = await services.users.self(viewer.id, loaders);
  if (user === null) throw new Error('a viewer without an account');
  return { __typename: 'UpdateProfileOk', user };
};

function avatarOf(avatarId: string | null): { readonly id: string | null } | 'malformed' {
  if (avatarId === null) return { id: null };
  const id = fromTypeId('media', avatarId);
  return id === null ? 'malformed' : { id };
}

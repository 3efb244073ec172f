import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const setNotificationPolicy: NonNullable<MutationResolvers['setNotificationPolicy']> = async (_parent, { input }, ctx) => {
  const { newAccounts = null, digest = null } = input;
  const change = await ctx.services.notificationSettings.setPolicy(ctx.talker.id, { newAccounts, digest });
  switch (change.kind) {
    case 'nothing':
      return invalid([{ path: 'newAccounts', message: 'Say at least one change.' }]);
    case 'set':
      return { __typename: 'SetNotificationPolicyOk', policy: change.setting };
  }
};

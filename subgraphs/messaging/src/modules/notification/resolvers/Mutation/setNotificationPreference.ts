import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const setNotificationPreference: NonNullable<MutationResolvers['setNotificationPreference']> = async (_parent, { input }, ctx) => {
  const { kind, inApp = null, push = null, email = null, sms = null } = input;
  const setting = await ctx.services.notificationSettings.prefer(ctx.talker.id, kind, { inApp, push, email, sms });
  switch (setting.kind) {
    case 'nothing':
      return invalid([{ path: 'inApp', message: 'Say at least one place.' }]);
    case 'set':
      return { __typename: 'SetNotificationPreferenceOk', preference: setting.preference };
  }
};

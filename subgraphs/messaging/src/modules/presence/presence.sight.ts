import type { Context } from '../../context.js';
import { canSeePresence } from './presence.policy.js';

/** Whether the viewer may see now whether somebody is here. */
export async function maySeePresence(userId: string, { viewer, people, loaders }: Context): Promise<boolean> {
  if (viewer === null) return false;
  const [sight, own, theirs] = await Promise.all([
    people.sight(userId),
    loaders.messagingPreferences.load(viewer.id),
    loaders.messagingPreferences.load(userId),
  ]);
  return canSeePresence(sight, theirs.presenceAudience, own.presenceAudience);
}

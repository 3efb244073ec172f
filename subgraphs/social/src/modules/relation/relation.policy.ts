import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';
import type { FollowOptions } from './follow.store.js';

/** Who blocks somebody has to unblock them first: until then they are missing to be followed. Oneself is refused later, by name. */
export const canFollow = (sight: Sight): boolean => canSeeWorkOf(sight);

export const MAX_LANGUAGES = 20;
export const MAX_MUTE_SECONDS = 31_536_000;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** One cannot follow, block or mute oneself. */
export function checkOther(errors: FieldErrors, viewerId: string, userId: string): void {
  errors.that(viewerId !== userId, 'userId', 'This is yourself.');
}

export function checkFollow(viewerId: string, userId: string, { languages }: FollowOptions): readonly FieldError[] {
  const errors = new FieldErrors();
  checkOther(errors, viewerId, userId);
  errors.that(languages.length <= MAX_LANGUAGES, 'languages', `At most ${MAX_LANGUAGES} languages.`);
  for (const [index, language] of languages.slice(0, MAX_LANGUAGES).entries()) {
    errors.that(
      language.length <= 35 && LANGUAGE.test(language),
      `languages.${index}`,
      'A language is a BCP 47 tag such as "vi" or "pt-BR".',
    );
  }
  return errors.list;
}

export function checkBlock(viewerId: string, userId: string): readonly FieldError[] {
  const errors = new FieldErrors();
  checkOther(errors, viewerId, userId);
  return errors.list;
}

export function checkMute(viewerId: string, userId: string, durationSeconds: number | null): readonly FieldError[] {
  const errors = new FieldErrors();
  checkOther(errors, viewerId, userId);
  errors.that(
    durationSeconds === null || (durationSeconds >= 1 && durationSeconds <= MAX_MUTE_SECONDS),
    'durationSeconds',
    `A mute lasts from 1 to ${MAX_MUTE_SECONDS} seconds.`,
  );
  return errors.list;
}

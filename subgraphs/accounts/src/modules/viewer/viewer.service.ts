import type { Clock } from '@plaza/kernel/clock';
import type { FieldError } from '@plaza/kernel/field-errors';
import { cleanPreferences, DEFAULT_PREFERENCES, type PreferencesChange } from './preferences.policy.js';
import type { ContactRow, PreferencesRow, ViewerStore } from './viewer.store.js';

export type PreferencesUpdate =
  { readonly kind: 'updated'; readonly preferences: PreferencesRow } | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/** What is private to a person. */
export class ViewerService {
  readonly #viewers: ViewerStore;
  readonly #clock: Clock;

  constructor(viewers: ViewerStore, clock: Clock) {
    this.#viewers = viewers;
    this.#clock = clock;
  }

  contact(userId: string): Promise<ContactRow | null> {
    return this.#viewers.contact(userId, this.#clock.now());
  }

  async preferences(userId: string): Promise<PreferencesRow> {
    return (await this.#viewers.preferences(userId)) ?? DEFAULT_PREFERENCES;
  }

  async updatePreferences(userId: string, change: PreferencesChange): Promise<PreferencesUpdate> {
    const { errors, clean } = cleanPreferences(change);
    if (errors.length > 0) return { kind: 'invalid', errors };
    return { kind: 'updated', preferences: await this.#viewers.setPreferences(userId, clean, DEFAULT_PREFERENCES) };
  }
}

import type { Database } from '@plaza/db/database';
import type { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import { BY_DEFAULT, KINDS, type NotificationKind, type Wanted } from './notification.policy.js';
import type { NoticeService } from './notice.service.js';
import type { PreferenceRow, PreferenceStore, Setting } from './preference.store.js';
import type { CauseStore } from './cause.store.js';
import type { RequestStore } from './request.store.js';

/** The list of {@link UnsubscribeTokens} that is ours. */
export const DIGEST_LIST = 'digest';

export interface SettingsParts {
  readonly database: Database<unknown>;
  readonly preferences: PreferenceStore;
  readonly requests: RequestStore;
  readonly causes: CauseStore;
  readonly notices: NoticeService;
  readonly tokens: UnsubscribeTokens;
}

/** Where, how often and from whom people are told. */
export class SettingsService {
  readonly #parts: SettingsParts;

  constructor(parts: SettingsParts) {
    this.#parts = parts;
  }

  /** One for each kind. */
  async preferences(userId: string): Promise<readonly PreferenceRow[]> {
    const said = new Map((await this.#parts.preferences.preferences(userId)).map((row) => [row.kind, row]));
    return KINDS.map((kind) => said.get(kind) ?? { kind, ...BY_DEFAULT });
  }

  async prefer(
    userId: string,
    kind: NotificationKind,
    given: { readonly [channel in keyof Wanted]: boolean | null },
  ): Promise<{ readonly kind: 'set'; readonly preference: PreferenceRow } | { readonly kind: 'nothing' }> {
    if (Object.values(given).every((value) => value === null)) return { kind: 'nothing' };
    return { kind: 'set', preference: await this.#parts.preferences.prefer(userId, kind, given, BY_DEFAULT) };
  }

  async setPolicy(
    userId: string,
    given: { readonly [name in keyof Setting]: Setting[name] | null },
  ): Promise<{ readonly kind: 'set'; readonly setting: Setting } | { readonly kind: 'nothing' }> {
    if (given.newAccounts === null && given.digest === null) return { kind: 'nothing' };
    return { kind: 'set', setting: await this.#parts.preferences.set(userId, given) };
  }

  /** Lets somebody's notifications through, those that wait and all later ones. */
  async accept(userId: string, actorId: string): Promise<'done' | 'missing'> {
    const { database, causes, requests, notices } = this.#parts;
    return database.transaction(async (tx) => {
      await causes.lock(tx, [userId]);
      if (!(await requests.settle(tx, userId, actorId, 'ACCEPTED'))) return 'missing';
      await requests.unfilter(tx, userId, actorId, null);
      await notices.release(tx, userId, actorId);
      return 'done';
    });
  }

  /** Takes what waits away; what comes later waits unseen. */
  async dismiss(userId: string, actorId: string): Promise<'done' | 'missing'> {
    const { database, causes, requests } = this.#parts;
    return database.transaction(async (tx) => {
      await causes.lock(tx, [userId]);
      if (!(await requests.settle(tx, userId, actorId, 'DISMISSED'))) return 'missing';
      await requests.unfilter(tx, userId, actorId, 'UNWANTED');
      return 'done';
    });
  }

  /** Ends the digest of whoever a token is for. False: the token is none of ours. */
  async unsubscribe(token: string): Promise<boolean> {
    const whom = this.#parts.tokens.open(token);
    if (whom?.list !== DIGEST_LIST) return false;
    await this.#parts.preferences.set(whom.userId, { newAccounts: null, digest: 'OFF' });
    return true;
  }
}

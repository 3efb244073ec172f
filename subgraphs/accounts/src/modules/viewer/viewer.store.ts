import type { Database } from '@plaza/db/database';

export interface PreferencesRow {
  readonly locale: string;
  readonly timeZone: string;
  readonly theme: 'SYSTEM' | 'LIGHT' | 'DARK';
  readonly defaultAudience: 'PUBLIC' | 'FOLLOWERS' | 'MUTUALS' | 'ONLY_ME';
  readonly autoplayVideo: boolean;
  readonly showSensitiveMedia: boolean;
  readonly requireAltText: boolean;
}

/** What only the person sees. */
export interface ContactRow {
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  /** An address that is to be confirmed before it takes the place of the other. */
  readonly pendingEmail: string | null;
}

export class ViewerStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async contact(userId: string, now: Date): Promise<ContactRow | null> {
    const [row] = await this.#database.sql<ContactRow>`
      SELECT email, email_verified_at AS "emailVerifiedAt", (
        SELECT t.email FROM mail_token t
        WHERE t.user_id = ${userId} AND t.purpose = 'CONFIRM_EMAIL' AND t.closed_at IS NULL AND t.expires_at > ${now} LIMIT 1
      ) AS "pendingEmail"
      FROM users WHERE id = ${userId} AND state <> 'ERASED'`;
    return row ?? null;
  }

  /** Null for one who never changed any. */
  async preferences(userId: string): Promise<PreferencesRow | null> {
    const [row] = await this.#database.sql<PreferencesRow>`
      SELECT locale, time_zone AS "timeZone", theme, default_audience AS "defaultAudience", autoplay_video AS "autoplayVideo",
        show_sensitive_media AS "showSensitiveMedia", require_alt_text AS "requireAltText"
      FROM preference WHERE user_id = ${userId}`;
    return row ?? null;
  }

  /** Changes what is given and nothing else, also between two at once; `first` is what a new row starts from. */
  async setPreferences(userId: string, change: Partial<PreferencesRow>, first: PreferencesRow): Promise<PreferencesRow> {
    const { locale, timeZone, theme, defaultAudience, autoplayVideo, showSensitiveMedia, requireAltText } = { ...first, ...change };
    const [row] = await this.#database.sql<PreferencesRow>`
      INSERT INTO preference AS kept (user_id, locale, time_zone, theme, default_audience, autoplay_video, show_sensitive_media, require_alt_text)
      VALUES (${userId}, ${locale}, ${timeZone}, ${theme}, ${defaultAudience}, ${autoplayVideo}, ${showSensitiveMedia}, ${requireAltText})
      ON CONFLICT (user_id) DO UPDATE SET
        locale = coalesce(${change.locale ?? null}, kept.locale),
        time_zone = coalesce(${change.timeZone ?? null}, kept.time_zone),
        theme = coalesce(${change.theme ?? null}, kept.theme),
        default_audience = coalesce(${change.defaultAudience ?? null}, kept.default_audience),
        autoplay_video = coalesce(${change.autoplayVideo ?? null}, kept.autoplay_video),
        show_sensitive_media = coalesce(${change.showSensitiveMedia ?? null}, kept.show_sensitive_media),
        require_alt_text = coalesce(${change.requireAltText ?? null}, kept.require_alt_text)
      RETURNING locale, time_zone AS "timeZone", theme, default_audience AS "defaultAudience", autoplay_video AS "autoplayVideo",
        show_sensitive_media AS "showSensitiveMedia", require_alt_text AS "requireAltText"`;
    if (row === undefined) throw new Error('preferences were not written');
    return row;
  }
}

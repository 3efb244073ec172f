import type { Asker, CallClient } from '@plaza/calls/call-client';
import { ownMedia } from '@plaza/calls/contracts/content.calls';
import type { Database } from '@plaza/db/database';
import { userProfileChanged } from '@plaza/events/contracts/accounts.events';
import type { Outbox } from '@plaza/events/outbox';
import type { FieldError } from '@plaza/kernel/field-errors';
import { cleanProfileChange, type ProfileChange } from './profile.policy.js';
import type { ProfileLinkService } from './profile-link.service.js';
import type { UserStore } from './user.store.js';

export type ProfileUpdate = { readonly kind: 'updated' } | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/** `avatarId`: undefined stays, null clears, `malformed` is an id that cannot be one. */
export interface ProfileUpdateInput extends ProfileChange {
  readonly avatar?: { readonly id: string | null } | 'malformed';
}

export class ProfileService {
  readonly #database: Database<unknown>;
  readonly #outbox: Outbox;
  readonly #users: UserStore;
  readonly #calls: CallClient;
  readonly #links: ProfileLinkService;

  constructor(parts: { database: Database<unknown>; outbox: Outbox; users: UserStore; calls: CallClient; links: ProfileLinkService }) {
    this.#database = parts.database;
    this.#outbox = parts.outbox;
    this.#users = parts.users;
    this.#calls = parts.calls;
    this.#links = parts.links;
  }

  /** @throws Fault UNAVAILABLE when a picture is named and content cannot say whose it is. */
  async update(viewerId: string, input: ProfileUpdateInput, asker: Asker): Promise<ProfileUpdate> {
    const { errors, clean } = cleanProfileChange(input);
    const { avatar } = input;
    const avatarErrors = (await this.#mayUse(avatar, asker)) ? [] : [{ path: 'avatarId', message: 'There is no such picture of yours.' }];
    if (errors.length + avatarErrors.length > 0) return { kind: 'invalid', errors: [...errors, ...avatarErrors] };
    const handle = await this.#database.transaction(async (tx) => {
      const person = await this.#users.lock(tx, viewerId);
      const profile = await this.#users.profile(tx, viewerId);
      if (person === null || profile === null) throw new Error('a viewer without an account');
      const avatarId = typeof avatar === 'object' ? avatar.id : profile.avatarId;
      await this.#users.setProfile(tx, viewerId, { ...profile, ...clean, avatarId });
      if (clean.fields !== undefined) await this.#users.setFields(tx, viewerId, clean.fields);
      await this.#outbox.append(tx, userProfileChanged, { userId: viewerId });
      return person.handle;
    });
    if (clean.fields !== undefined) this.#links.verifySoon({ id: viewerId, handle }, clean.fields);
    return { kind: 'updated' };
  }

  async #mayUse(avatar: ProfileUpdateInput['avatar'], asker: Asker): Promise<boolean> {
    if (avatar === 'malformed') return false;
    if (avatar === undefined || avatar.id === null) return true;
    const { mediaIds } = await this.#calls.ask(ownMedia, { mediaIds: [avatar.id] }, asker);
    return mediaIds.includes(avatar.id);
  }
}

import type { Database } from '@plaza/db/database';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import type { EndpointChannel, EndpointStore } from './endpoint.store.js';

/** Devices of one person. */
const MAX_ENDPOINTS = 20;
const MAX_ADDRESS = 2_000;
const E164 = /^\+[1-9]\d{6,14}$/u;

/** Where people's devices are reached. */
export class EndpointService {
  readonly #database: Database<unknown>;
  readonly #endpoints: EndpointStore;

  constructor(database: Database<unknown>, endpoints: EndpointStore) {
    this.#database = database;
    this.#endpoints = endpoints;
  }

  /** The same address again is the same endpoint, and whoever registers it has it: the device is in their hands. */
  async register(
    userId: string,
    channel: EndpointChannel,
    address: string,
  ): Promise<{ readonly kind: 'registered'; readonly id: string } | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] }> {
    const check = new FieldErrors();
    check.that(isAddress(channel, address), 'address', `It is no address of the kind ${channel}.`);
    if (check.any) return { kind: 'invalid', fields: check.list };
    const id = await this.#database.transaction((tx) => this.#endpoints.put(tx, { userId, channel, address }, MAX_ENDPOINTS));
    check.that(id !== null, 'address', `There are ${MAX_ENDPOINTS} devices already.`);
    return id === null ? { kind: 'invalid', fields: check.list } : { kind: 'registered', id };
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.#endpoints.remove(userId, id);
  }
}

function isAddress(channel: EndpointChannel, address: string): boolean {
  if (address.length === 0 || address.length > MAX_ADDRESS) return false;
  switch (channel) {
    case 'SMS':
      return E164.test(address);
    case 'WEB_PUSH':
      return URL.canParse(address) && new URL(address).protocol === 'https:';
    case 'FCM':
    case 'APNS':
      return /^[\w:-]+$/u.test(address);
  }
}

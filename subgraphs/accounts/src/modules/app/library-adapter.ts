import type { Clock } from '@plaza/kernel/clock';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js';
import { z } from 'zod';
import type { SessionService } from '../session/session.service.js';
import type { RecordSeal } from './record-seal.js';
import type { RecordStore } from './record.store.js';

export interface AdapterParts {
  readonly records: RecordStore;
  readonly seal: RecordSeal;
  readonly sessions: Pick<SessionService, 'isLive' | 'renew' | 'endGrant' | 'endOfApp'>;
  readonly clock: Clock;
}

const Uuid = z.uuid();
const uuidOrNull = (value: unknown): string | null => Uuid.safeParse(value).data ?? null;

/**
 * How the library keeps its things. A grant is as good as the session that stands for it: whatever ends that (the person, a new password, a
 * suspension) ends what the app may do, and the other way round.
 */
export class LibraryAdapter implements Adapter {
  readonly #kind: string;
  readonly #parts: AdapterParts;

  constructor(kind: string, parts: AdapterParts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  async upsert(id: string, { jti: _isTheId, ...payload }: AdapterPayload, expiresIn?: number): Promise<void> {
    const { records, seal, sessions, clock } = this.#parts;
    const grantId = uuidOrNull(payload.grantId);
    const now = clock.now().getTime();
    await records.put({
      kind: this.#kind,
      idHash: seal.hash(this.#kind, id),
      sealed: seal.seal(this.#kind, id, payload),
      grantId,
      uidHash: payload.uid === undefined ? null : seal.hash(UID, payload.uid),
      expiresAt: expiresIn === undefined ? null : new Date(now + expiresIn * 1_000),
    });
    if (this.#kind === 'RefreshToken' && grantId !== null) await sessions.renew(grantId);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { records, seal, sessions, clock } = this.#parts;
    if (this.#kind === 'Grant' && !(await sessions.isLive(id))) return undefined;
    const row = await records.find(this.#kind, seal.hash(this.#kind, id), clock.now());
    if (row === null) return undefined;
    const payload = seal.open(this.#kind, id, row.sealed) as AdapterPayload; // sealed above, by this very class
    const consumed = row.consumedAt === null ? {} : { consumed: Math.floor(row.consumedAt.getTime() / 1_000) };
    return { ...payload, ...consumed, ...(this.#kind === 'Client' ? {} : { jti: id }) };
  }

  /** A browser's sessions are kept until its consent is given and looked up by their id alone. */
  async findByUid(): Promise<undefined> {
    return undefined;
  }

  /** Devices without a browser are not served. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const { records, seal, clock } = this.#parts;
    // The library has looked before, and so has whoever came at the same moment: one of the two is too late.
    if (!(await records.consume(this.#kind, seal.hash(this.#kind, id), clock.now()))) throw new InvalidGrant('it was used already');
  }

  async destroy(id: string): Promise<void> {
    const { records, seal, sessions } = this.#parts;
    await records.remove(this.#kind, seal.hash(this.#kind, id));
    if (this.#kind === 'Grant') await sessions.endGrant(id);
    if (this.#kind === 'Client') await sessions.endOfApp(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#parts.records.removeOfGrant(this.#kind, grantId);
  }
}

const UID = 'uid';

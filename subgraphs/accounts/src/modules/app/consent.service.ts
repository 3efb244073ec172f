import type { LoginService } from '../session/login.service.js';
import type { SessionService } from '../session/session.service.js';

export type Consent = { readonly kind: 'granted'; readonly userId: string; readonly grantId: string } | { readonly kind: 'refused' };

/** An app by what its person is told of it. */
export interface AskingApp {
  readonly id: string;
  readonly name: string;
}

/** Somebody lets an app act for them. */
export class ConsentService {
  readonly #login: LoginService;
  readonly #sessions: SessionService;

  constructor(login: LoginService, sessions: SessionService) {
    this.#login = login;
    this.#sessions = sessions;
  }

  /** By a password, as a login and counted like one. The grant is a session of the person's. @throws Fault RATE_LIMITED */
  async give(
    credentials: { readonly identifier: string; readonly password: string },
    app: AskingApp,
    address: string | null,
  ): Promise<Consent> {
    const origin = { address, userAgent: app.name };
    const admitted = await this.#login.admit(credentials, origin, (tx, userId) => this.#sessions.openForApp(tx, userId, app));
    return admitted === null ? { kind: 'refused' } : { kind: 'granted', userId: admitted.userId, grantId: admitted.opened };
  }
}

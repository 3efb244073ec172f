import type { ViewerClaims } from '@plaza/auth/assertion';
import type { People } from '@plaza/calls/people';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { EmailChangeService } from './modules/mail/email-change.service.js';
import type { PasswordResetService } from './modules/mail/password-reset.service.js';
import type { VerificationService } from './modules/mail/verification.service.js';
import type { LoginService } from './modules/session/login.service.js';
import type { RefreshService } from './modules/session/refresh.service.js';
import type { RegistrationService } from './modules/session/registration.service.js';
import type { SessionService } from './modules/session/session.service.js';
import type { ProfileService } from './modules/user/profile.service.js';
import type { UserLoaders } from './modules/user/user.loaders.js';
import type { UserService } from './modules/user/user.service.js';
import type { ViewerService } from './modules/viewer/viewer.service.js';

/** What a resolver has to work with. */
export interface Context {
  readonly scope: RequestScope;
  readonly viewer: ViewerClaims | null;
  readonly people: People;
  readonly loaders: UserLoaders;
  readonly services: Services;
}

export interface Services {
  readonly users: UserService;
  readonly profiles: ProfileService;
  readonly viewers: ViewerService;
  readonly sessions: SessionService;
  readonly registration: RegistrationService;
  readonly login: LoginService;
  readonly refresh: RefreshService;
  readonly verification: VerificationService;
  readonly passwordReset: PasswordResetService;
  readonly emailChange: EmailChangeService;
}

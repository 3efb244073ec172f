import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { People, type PeopleSource, peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { openCounters } from '@plaza/auth/open-counters';
import { Outbox } from '@plaza/events/outbox';
import { every } from '@plaza/kernel/every';
import { folderPages } from '@plaza/mail/folder-pages.router';
import { MailQueue } from '@plaza/mail/mail-queue';
import { MailWorker } from '@plaza/mail/mail-worker';
import { mailDomain, mailFolder, openMail } from '@plaza/mail/open-mail';
import { PrismaClient } from '@plaza/prisma/accounts';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Router } from 'express';
import { accountsCalls } from './calls.js';
import { type AccountsConfig, readConfig } from './config.js';
import type { Context, Services } from './context.js';
import { Limits } from './limits/limits.js';
import { mayLogIn } from './identity/login.policy.js';
import { appRouter } from './modules/app/app.router.js';
import { authorizationServer } from './modules/app/authorization-server.js';
import { ConsentService } from './modules/app/consent.service.js';
import { RecordSeal } from './modules/app/record-seal.js';
import { RecordStore } from './modules/app/record.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { EmailChangeService } from './modules/mail/email-change.service.js';
import { LetterService } from './modules/mail/letter.service.js';
import { MailTokenService } from './modules/mail/mail-token.service.js';
import { MailTokenStore } from './modules/mail/mail-token.store.js';
import { MailboxStore } from './modules/mail/mailbox.store.js';
import { PasswordResetService } from './modules/mail/password-reset.service.js';
import { ResetRequestStore } from './modules/mail/reset-request.store.js';
import { type TokenPageParts, tokenPages } from './modules/mail/token-pages.router.js';
import { VerificationService } from './modules/mail/verification.service.js';
import { CredentialStore } from './modules/session/credential.store.js';
import { LoginService } from './modules/session/login.service.js';
import { RefreshService } from './modules/session/refresh.service.js';
import { RegistrationService } from './modules/session/registration.service.js';
import { SessionService } from './modules/session/session.service.js';
import { SessionStore } from './modules/session/session.store.js';
import { typeDefs } from './modules/typeDefs.generated.js';
import type { Resolvers } from './modules/types.generated.js';
import { httpsLinkVerifier } from './modules/user/https-link-verifier.js';
import { ProfileLinkService } from './modules/user/profile-link.service.js';
import { ProfileService } from './modules/user/profile.service.js';
import { UserStateService } from './modules/user/user-state.service.js';
import { type UserLoaders, userLoaders } from './modules/user/user.loaders.js';
import { UserService } from './modules/user/user.service.js';
import { searchableCalls } from './modules/user/searchable.calls.js';
import { SearchableStore } from './modules/user/searchable.store.js';
import { UserStore } from './modules/user/user.store.js';
import { ViewerService } from './modules/viewer/viewer.service.js';
import { ViewerStore } from './modules/viewer/viewer.store.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { MailTokens } from './tokens/mail-tokens.js';
import { openSigningKeys } from './tokens/signing-keys.js';
import { Loop } from './work/loop.js';

const HOUR_MS = 3_600_000;

/** Enums have no resolvers here, and their generated type is not one that @apollo/subgraph takes. */
const objects: Omit<Resolvers, 'PreferredAudience' | 'Theme'> = resolvers;

/** Starts the subgraph. What `options` names wins over the environment: for tests, and for a process that holds several subgraphs. */
export async function startAccounts(host: SubgraphHost, options: Partial<AccountsConfig> = {}): Promise<RunningSubgraph> {
  const config: AccountsConfig = { ...readConfig(process.env), ...options };
  const keys = config.signingKeys ?? (await openSigningKeys(join(host.dataDir, 'secrets')));
  const accessTokens = await AccessTokens.open(keys, config.accessTokenSeconds);

  const database = openDatabase({
    url: host.databaseUrl,
    poolSize: host.poolSize,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => host.logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const relay = relayFor('accounts', database, host);
  const outbox = new Outbox(relay.wake);
  const { clock, calls, logger } = host;
  for (const warning of config.warnings) logger.warn(warning);

  const users = new UserStore(database);
  const store = new SessionStore(database);
  const credentials = new CredentialStore(database);
  const hasher = new PasswordHasher(config);
  const { counters, close: closeCounters } = await openCounters(config.redisUrl, logger);
  const limits = new Limits(config.limits, config.mailLimits, config.appLimits, counters);
  const refreshTokens = new RefreshTokens(host.secret);
  const sessions = new SessionService({
    database,
    outbox,
    sessions: store,
    users,
    accessTokens,
    refreshTokens,
    clock,
    secret: host.secret,
    config,
  });
  const pagesUrl = config.pagesUrl ?? `${host.publicUrl}/accounts`;
  const mailTokenStore = new MailTokenStore(database);
  const mailboxes = new MailboxStore(database);
  const mailTokens = new MailTokens(host.secret);
  const letters = new LetterService({ store: mailTokenStore, mailboxes, tokens: mailTokens, clock, pagesUrl });
  const mail = config.mailPort ?? openMail(host.dataDir, config.mail);
  const domain = mailDomain(config.mail);
  const mailWorker = new MailWorker({ database, mail, compose: (job) => letters.compose(job), clock, logger, domain });
  const queue = new MailQueue(() => mailWorker.wake());
  const tokens = new MailTokenService({ store: mailTokenStore, tokens: mailTokens, queue, clock });
  const verification = new VerificationService({ database, mailboxes, tokens, limits, clock });
  const login = new LoginService({ database, credentials, users, sessions, hasher, limits, clock });
  const passwordReset = new PasswordResetService({
    database,
    requests: new ResetRequestStore(database),
    mailboxes,
    tokens,
    queue,
    credentials,
    sessions,
    hasher,
    limits,
    clock,
    wake: () => resetting.wake(),
  });
  const resetting = new Loop(
    () => passwordReset.resolve(),
    (error) => logger.warn({ err: error }, 'people who forgot their passwords wait'),
  );
  const emailChange = new EmailChangeService({ database, mailboxes, tokens, login, sessions, limits, clock });
  const verifier = config.linkVerifier ?? httpsLinkVerifier;
  const links = new ProfileLinkService({ database, outbox, users, verifier, clock, logger, publicUrl: host.publicUrl });
  const states = new UserStateService({ database, outbox, users, sessions });
  const services: Services = {
    users: new UserService(),
    profiles: new ProfileService({ database, outbox, users, calls, links }),
    viewers: new ViewerService(new ViewerStore(database), clock),
    sessions,
    registration: new RegistrationService({ database, outbox, users, credentials, sessions, verification, hasher, limits, clock }),
    login,
    refresh: new RefreshService({ database, store, sessions, refreshTokens, limits, clock }),
    verification,
    passwordReset,
    emailChange,
  };

  const records = new RecordStore(database);
  const provider = authorizationServer({
    records,
    seal: new RecordSeal(host.secret),
    sessions,
    clock,
    keys,
    secret: host.secret,
    publicUrl: host.publicUrl,
    accessTokenSeconds: config.accessTokenSeconds,
    sessionDays: config.sessionDays,
    isActive: async (userId) => (await users.byIds([userId])).some(({ state }) => mayLogIn(state)),
    logger,
  });
  const apps = appRouter({ provider, consents: new ConsentService(login, sessions), limits, publicUrl: host.publicUrl });

  const remote = peopleByCalls(calls);
  const cache = host.people;
  const context = (scope: RequestScope): Context => {
    const loaders = userLoaders(users);
    return { scope, viewer: scope.viewer, people: new People(scope, atHome(loaders, remote), cache), loaders, services };
  };

  const sweeping = every(
    HOUR_MS,
    async () => {
      await sessions.sweep();
      await tokens.sweep();
      await records.deleteOver(clock.now());
    },
    (error) => logger.warn({ err: error }, 'old sessions and tokens could not be forgotten'),
  );
  return runSubgraph(
    {
      name: 'accounts',
      schema: buildSubgraphSchema([{ typeDefs, resolvers: objects }]),
      database,
      context,
      calls: [
        ...accountsCalls({ users, states, viewers: services.viewers, sessions, accessTokens, mailboxes }),
        ...searchableCalls(users, new SearchableStore(database)),
      ],
      reactions: [],
      routes: routesOf(config, host.dataDir, { verification, passwordReset, emailChange }).use('/oauth', apps),
      stop: async () => {
        await Promise.all([links.stop(), sweeping.stop(), resetting.stop(), mailWorker.stop()]);
        await mail.close();
        closeCounters();
      },
    },
    host,
    relay,
  );
}

/** `/accounts/…`: where the links of mails lead, and at `/accounts/mail` what lies in the folder. */
function routesOf(config: AccountsConfig, dataDir: string, pages: TokenPageParts): Router {
  const router = tokenPages(pages);
  if (config.showsMail) router.use('/mail', folderPages(mailFolder(dataDir, config.mail)));
  return router;
}

/** States come from the request's own loader: whom it has loaded it need not ask about. */
function atHome(loaders: UserLoaders, remote: PeopleSource): PeopleSource {
  return {
    async states(userIds) {
      const found = await Promise.all(userIds.map((id) => loaders.userById.load(id)));
      return new Map(found.flatMap((user) => (user === null ? [] : [[user.id, user.state] as const])));
    },
    relations: (viewerId, otherIds, asker) => remote.relations(viewerId, otherIds, asker),
  };
}

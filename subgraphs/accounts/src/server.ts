import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { People, type PeopleSource, peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { Outbox } from '@plaza/events/outbox';
import { PrismaClient } from '@plaza/prisma/accounts';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { accountsCalls } from './calls.js';
import { type AccountsConfig, readConfig } from './config.js';
import type { Context, Services } from './context.js';
import { Limits } from './limits/limits.js';
import { resolvers } from './modules/resolvers.generated.js';
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
import { openSigningKeys } from './tokens/signing-keys.js';
import { every } from '@plaza/kernel/every';

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
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => host.logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const relay = relayFor('accounts', database, host);
  const outbox = new Outbox(relay.wake);
  const { clock, calls, logger } = host;

  const users = new UserStore(database);
  const store = new SessionStore(database);
  const credentials = new CredentialStore(database);
  const hasher = new PasswordHasher(config);
  const limits = new Limits(config.limits);
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
  const verifier = config.linkVerifier ?? httpsLinkVerifier;
  const links = new ProfileLinkService({ database, outbox, users, verifier, clock, logger, publicUrl: host.publicUrl });
  const states = new UserStateService({ database, outbox, users, sessions });
  const services: Services = {
    users: new UserService(),
    profiles: new ProfileService({ database, outbox, users, calls, links }),
    viewers: new ViewerService(new ViewerStore(database)),
    sessions,
    registration: new RegistrationService({ database, outbox, users, credentials, sessions, hasher, limits, clock }),
    login: new LoginService({ database, credentials, users, sessions, hasher, limits, clock }),
    refresh: new RefreshService({ database, store, sessions, refreshTokens, limits, clock }),
  };

  const remote = peopleByCalls(calls);
  const cache = host.people;
  const context = (scope: RequestScope): Context => {
    const loaders = userLoaders(users);
    return { scope, viewer: scope.viewer, people: new People(scope, atHome(loaders, remote), cache), loaders, services };
  };

  const sweeping = every(
    HOUR_MS,
    () => sessions.sweep(),
    (error) => logger.warn({ err: error }, 'old sessions could not be forgotten'),
  );
  return runSubgraph(
    {
      name: 'accounts',
      schema: buildSubgraphSchema([{ typeDefs, resolvers: objects }]),
      database,
      context,
      calls: [
        ...accountsCalls({ users, states, viewers: services.viewers, sessions, accessTokens }),
        ...searchableCalls(users, new SearchableStore(database)),
      ],
      reactions: [],
      stop: async () => {
        await Promise.all([links.stop(), sweeping.stop()]);
      },
    },
    host,
    relay,
  );
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

import { buildSubgraphSchema } from '@apollo/subgraph';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { openDatabase } from '@plaza/db/database';
import { PrismaClient } from '@plaza/prisma/messaging';
import { relayFor, runSubgraph, type RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { readConfig } from './config.js';
import { contextFor } from './context.js';
import { InboxService } from './modules/inbox/inbox.service.js';
import { InboxStore } from './modules/inbox/inbox.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';

export async function startMessaging(host: SubgraphHost): Promise<RunningSubgraph> {
  const { poolSize } = readConfig(process.env);
  const database = openDatabase({ url: host.databaseUrl, poolSize, prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }) });
  const relay = relayFor('messaging', database, host);
  const inbox = new InboxService(new SealedCursors(host.secret));
  return runSubgraph(
    {
      name: 'messaging',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: contextFor({ inboxes: new InboxStore(database), inbox }),
      calls: [],
      reactions: [],
    },
    host,
    relay,
  );
}

/** The files of a new subgraph, by path from the root: it starts, composes, migrates and answers one field. */
export function subgraphFiles(name: string): Readonly<Record<string, string>> {
  const Name = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const root = `subgraphs/${name}`;
  return {
    [`${root}/package.json`]: `${JSON.stringify({ name: `@plaza/${name}`, private: true, type: 'module', exports: { './*': './src/*.ts' } }, null, 2)}\n`,
    [`${root}/src/config.ts`]: `import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface ${Name}Config {
  /** Connections to the database at most. */
  readonly poolSize: number;
}

const Environment = z.object({ PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10) });

/** @throws ZodError naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ${Name}Config {
  return { poolSize: Environment.parse(environment).PLAZA_DATABASE_POOL };
}
`,
    [`${root}/src/context.ts`]: `import type { RequestScope } from '@plaza/subgraph/request-scope';

/** What a resolver has to work with: add services and loaders here. */
export interface Context {
  readonly scope: RequestScope;
}
`,
    [`${root}/src/server.ts`]: `import { buildSubgraphSchema } from '@apollo/subgraph';
import { openDatabase } from '@plaza/db/database';
import { PrismaClient } from '@plaza/prisma/${name}';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { readConfig } from './config.js';
import type { Context } from './context.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';

/** Starts the subgraph. */
export async function start${Name}(host: SubgraphHost): Promise<RunningSubgraph> {
  const { poolSize } = readConfig(process.env);
  const database = openDatabase({
    url: host.databaseUrl,
    poolSize,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => host.logger.warn({ err: error }, 'an idle database connection broke'),
  });
  // A service that announces something is given \`new Outbox(relay.wake)\`.
  const relay = relayFor('${name}', database, host);
  const context = (scope: RequestScope): Context => ({ scope });
  return runSubgraph(
    { name: '${name}', schema: buildSubgraphSchema([{ typeDefs, resolvers }]), database, context, calls: [], reactions: [] },
    host,
    relay,
  );
}
`,
    [`${root}/src/main.ts`]: `import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { start${Name} } from './server.js';

await serveSubgraph('${name}', start${Name});
`,
    [`${root}/src/modules/greeting/schema.graphql`]: `extend type Query {
  "A word from the ${name} subgraph, so that it has something to say before its first feature."
  ${name}Greeting: String
}
`,
    [`${root}/src/modules/greeting/resolvers/Query/${name}Greeting.ts`]: `import type { QueryResolvers } from './../../../types.generated.js';

export const ${name}Greeting: NonNullable<QueryResolvers['${name}Greeting']> = () => 'Hello from ${name}.';
`,
  };
}

import { buildSubgraphSchema } from '@apollo/subgraph';
import { openDatabase } from '@plaza/db/database';
import { PrismaClient } from '@plaza/prisma/commerce';
import { relayFor, runSubgraph, type RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { readConfig } from './config.js';
import { contextFor } from './context.js';
import { productCalls } from './modules/product/product.calls.js';
import { ProductService } from './modules/product/product.service.js';
import { ProductStore } from './modules/product/product.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';

export async function startCommerce(host: SubgraphHost): Promise<RunningSubgraph> {
  const { poolSize } = readConfig(process.env);
  const database = openDatabase({ url: host.databaseUrl, poolSize, prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }) });
  const relay = relayFor('commerce', database, host);
  const products = new ProductStore(database);
  return runSubgraph(
    {
      name: 'commerce',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: contextFor({ products }),
      calls: productCalls(new ProductService(database, products)),
      reactions: [],
    },
    host,
    relay,
  );
}

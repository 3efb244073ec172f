/** The stock gateway as its documentation has it: `@apollo/gateway` behind `@apollo/server`. */
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { GatewayJob } from './jobs.js';

interface Context {
  readonly authorization?: string | undefined;
}

class Source extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({ request, context }: Parameters<NonNullable<RemoteGraphQLDataSource<Context>['willSendRequest']>>[0]): void {
    const { authorization } = context;
    if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
  }
}

async function serve({ supergraphSdl }: GatewayJob): Promise<number> {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new Source(url === undefined ? {} : { url }) });
  const server = new ApolloServer<Context>({ gateway, csrfPrevention: false });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return Number(new URL(url).port);
}

process.on('message', (job: GatewayJob) => void serve(job).then((port) => process.send?.(port)));
process.on('disconnect', () => process.exit());

import { randomUUID } from 'node:crypto';
import { createDatabases } from '@plaza/testing/databases';
import { engineTwin } from '@plaza/testing/engine-twin';
import { lockContract } from './lock.suite.js';
import { askOnce } from './with-client.js';

lockContract('in the embedded PostgreSQL', async () => {
  const { urls, drop } = await createDatabases(['commerce']);
  return { url: urls.commerce, drop };
});

engineTwin('in a server of its own', 'POSTGRES_URL', (server) => {
  lockContract('in a server of its own', async () => {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await askOnce(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return { url: url.href, drop: async () => void (await askOnce(server, `DROP DATABASE ${name} WITH (FORCE)`)) };
  });
});

import { openDatabase } from '@plaza/db/database';
import { createDatabases } from '@plaza/testing/databases';
import { searchIndexContract } from './contract.suite.js';
import { PostgresIndex } from './postgres-index.js';

searchIndexContract('PostgreSQL', async () => {
  const { urls, drop } = await createDatabases(['feed']);
  const database = openDatabase({
    url: urls.feed,
    poolSize: 2,
    prisma: () => Object.assign(Object.create(null), { $disconnect: async () => {} }),
  });
  return {
    index: new PostgresIndex(database),
    close: async () => {
      await database.close();
      await drop();
    },
  };
});

import { join } from 'node:path';
import { z } from 'zod';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import type { Engine, Place } from './engine.js';
import { compiled, jarsByMaven, javaCommand } from './java.js';

const Info = z.object({ version: z.object({ number: z.string() }) });

/** OpenSearch 2 as one node, by Maven, run from OpenSearch.java beside this file. */
export const opensearch: Engine = {
  name: 'opensearch',
  portCount: 1,

  install: jarsByMaven('opensearch', './opensearch.pom.xml'),

  async start(place) {
    const { folder, ports } = place;
    const classes = await compiled('opensearch', folder, './OpenSearch.java');
    await startDaemon(folder, javaCommand(folder, '1g', ['OpenSearch', join(folder, 'data'), String(ports[0])], [classes]));
    await answering(folder, async () => (await fetch(`${addressOf(place)}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok, 300_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 20_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,
  version: async (place) => `OpenSearch ${Info.parse(await (await fetch(addressOf(place))).json()).version.number}`,
  variables: (place) => ({ OPENSEARCH_URL: addressOf(place) }),
};

const addressOf = ({ ports }: Place): string => `http://127.0.0.1:${String(ports[0])}`;

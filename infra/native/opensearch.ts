import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { z } from 'zod';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import type { Engine, Place } from './engine.js';
import { fetchJars, jarsOf } from './java.js';
import { madeOnce } from './tools.js';

const Info = z.object({ version: z.object({ number: z.string() }) });

/** OpenSearch 2 as one node, by Maven, run from OpenSearch.java beside this file. */
export const opensearch: Engine = {
  name: 'opensearch',
  portCount: 1,

  async install({ folder }, at) {
    await madeOnce(folder, async (draft) => {
      at('by Maven');
      await fetchJars('opensearch', './opensearch.pom.xml', draft);
    });
  },

  async start(place) {
    const { folder, ports } = place;
    await startDaemon(folder, {
      command: 'java',
      args: [
        '-Xmx1g',
        '-cp',
        jarsOf(folder),
        fileURLToPath(new URL('./OpenSearch.java', import.meta.url)),
        join(folder, 'data'),
        String(ports[0]),
      ],
    });
    await answering(folder, async () => (await fetch(`${addressOf(place)}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok, 300_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 20_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,
  version: async (place) => `OpenSearch ${Info.parse(await (await fetch(addressOf(place))).json()).version.number}`,
  variables: (place) => ({ OPENSEARCH_URL: addressOf(place) }),
};

const addressOf = ({ ports }: Place): string => `http://127.0.0.1:${String(ports[0])}`;

/** `npm run start:processes`: gateway and subgraphs as seven processes over one embedded PostgreSQL. */
import { runPlaza } from './start.js';

await runPlaza({
  command: 'npm run start:processes',
  about: 'Runs Plaza as seven processes over HTTP on one PostgreSQL from npm; one that dies is started again.',
  load: async () => (await import('./as-processes.js')).assembleProcesses,
});

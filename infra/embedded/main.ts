/** `npm start`: the whole of Plaza in one process. */
import { runPlaza } from './start.js';

await runPlaza({
  command: 'npm start',
  about: 'Runs the whole of Plaza in this process: PostgreSQL from npm, six subgraphs called without a socket, the gateway.',
  load: async () => (await import('./in-process.js')).assembleInProcess,
});

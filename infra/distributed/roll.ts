/** `npm run restart:rolling`: see HELP. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '@plaza/embedded/config';
import { askToRoll, running } from './control.js';

const HELP = `Usage: npm run restart:rolling [-- --only feed,gateway]

Restarts every process of the Plaza that npm run start:distributed runs in PLAZA_DATA_DIR, one after the other: each says that it leaves, finishes
what runs, ends, and the next is touched when it serves again. Requests do not notice; sockets are closed with 1012 and come back elsewhere.

  --only <names>  these alone, with commas between: names of subgraphs, or gateway
`;

const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, help: { type: 'boolean', short: 'h' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.help === true) process.stdout.write(HELP);
else {
  try {
    const plaza = await running(join(readConfig(process.env).dataDir, 'distributed'));
    if (plaza === undefined) throw new Error('no Plaza runs there: npm run start:distributed');
    await askToRoll(plaza, values.only, say);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    process.exitCode = 1;
  }
}

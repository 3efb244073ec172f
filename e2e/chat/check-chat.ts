/** `npm run check:chat`: see HELP. */
import { parseArgs } from 'node:util';
import { type Mode, MODES, PlazaProcess } from '../plaza-process.js';
import { gathering } from './gathering.js';

const HELP = `npm run check:chat -- --clients 50 --messages 10000 --cuts 200 --kills 3      a message is lost, doubled or out of order: it may not happen

Starts a Plaza of its own. Everybody talks in a group of ten and with one other, and listens to their inbox. Lines are cut at random, Plaza is killed
(kill -9) while they talk, and after the first time a bucket of conversations moves to a second database. Whoever is cut off tries again: sends under the
same client message id, listens from the last cursor. At the end what everybody heard, what was acknowledged, what is stored and what is unread are
compared.

  --clients 50
  --messages 10000  of all together
  --cuts 200        lines
  --kills 3
  --mode embedded   or processes`;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '50' },
    messages: { type: 'string', default: '10000' },
    cuts: { type: 'string', default: '200' },
    kills: { type: 'string', default: '3' },
    mode: { type: 'string', default: 'embedded' },
    help: { type: 'boolean', short: 'h' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.help === true) say(HELP);
else {
  const mode = MODES.find((known): known is Mode => known === values.mode);
  if (mode === undefined) throw new Error(`--mode must be one of ${MODES.join(', ')}`);
  const plaza = await PlazaProcess.start(mode, {
    PLAZA_ARGON2_MEMORY_KIB: '1024',
    PLAZA_ACCESS_TOKEN_SECONDS: '86400',
    LOG_LEVEL: 'silent',
  });
  try {
    const [clients, messages, cuts, kills] = [values.clients, values.messages, values.cuts, values.kills].map(Number);
    const faults = await gathering(plaza, { clients: clients ?? 0, messages: messages ?? 0, cuts: cuts ?? 0, kills: kills ?? 0, say });
    for (const fault of faults.slice(0, 20)) say(fault);
    say(faults.length === 0 ? 'nothing lost, doubled or out of order; what is unread is what a count gives' : `${faults.length} faults`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await plaza.remove();
  }
}

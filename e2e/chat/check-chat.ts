/** `npm run check:chat`: see HELP. */
import { prove } from '../proof.js';
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

await prove({
  help: HELP,
  numbers: { clients: 50, messages: 10_000, cuts: 200, kills: 3 },
  async run(plaza, given, { say }) {
    const faults = await gathering(plaza, { ...given, say });
    for (const fault of faults.slice(0, 20)) say(fault);
    say(faults.length === 0 ? 'nothing lost, doubled or out of order; what is unread is what a count gives' : `${faults.length} faults`);
    return faults.length === 0;
  },
});

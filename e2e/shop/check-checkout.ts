/** `npm run check:checkout`: see HELP. */
import { parseArgs } from 'node:util';
import { type Mode, MODES, PlazaProcess } from '../plaza-process.js';
import { HOLD_SECONDS, rush } from './rush.js';

const HELP = `npm run check:checkout -- --buyers 500 --units 100 --rounds 20      sells too much, or takes money for nothing: it may not happen

Starts a Plaza of its own. In each round all buyers want one of too few at once, try again when they are cut off, pay, are declined, pay late, cancel or go
away. When a round has come to rest, stock, orders, payments and ledger are compared in the database.

  --buyers 500     at once
  --units 100      in each round
  --rounds 20
  --kill           kill Plaza at a random moment of each round
  --mode embedded  or processes`;

const { values } = parseArgs({
  options: {
    buyers: { type: 'string', default: '500' },
    units: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '20' },
    kill: { type: 'boolean', default: false },
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
    PLAZA_CHECKOUT_HOLD_SECONDS: String(HOLD_SECONDS),
    LOG_LEVEL: 'silent',
  });
  try {
    const [buyers, units, rounds] = [Number(values.buyers), Number(values.units), Number(values.rounds)];
    const faults = await rush(plaza, { buyers, units, rounds, kills: values.kill, say });
    say(faults.length === 0 ? 'nothing oversold, no money without goods, no goods without money' : `${faults.length} faults`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await plaza.remove();
  }
}

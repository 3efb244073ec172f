/** `npm run check:checkout`: see HELP. */
import { prove } from '../proof.js';
import { HOLD_SECONDS, rush } from './rush.js';

const HELP = `npm run check:checkout -- --buyers 500 --units 100 --rounds 20      sells too much, or takes money for nothing: it may not happen

Starts a Plaza of its own. In each round all buyers want one of too few at once, try again when they are cut off, pay, are declined, pay late, cancel or go
away. When a round has come to rest, stock, orders, payments and ledger are compared in the database.

  --buyers 500     at once
  --units 100      in each round
  --rounds 20
  --kill           kill Plaza at a random moment of each round
  --mode embedded  or processes`;

await prove({
  help: HELP,
  numbers: { buyers: 500, units: 100, rounds: 20 },
  flags: ['kill'],
  env: { PLAZA_CHECKOUT_HOLD_SECONDS: String(HOLD_SECONDS) },
  async run(plaza, given, { say, flags }) {
    const faults = await rush(plaza, { ...given, kills: flags.has('kill'), say });
    say(faults.length === 0 ? 'nothing oversold, no money without goods, no goods without money' : `${faults.length} faults`);
    return faults.length === 0;
  },
});

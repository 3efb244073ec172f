/** `npm run check:checkout-keys`: see HELP. */
import { prove } from '../proof.js';
import { repeatKeys } from './keys.js';

const HELP = `npm run check:checkout-keys -- --keys 1000 --repeats 5      one key, one effect, one reply

Starts a Plaza of its own. Buyers check out, pay, and their shops send and give back; each of these is asked for several times at once under one key,
then once more, then with another input. Whatever answers differently, or has an effect twice, is told.

  --keys 1000      in all, over the four mutations
  --repeats 5      at once
  --mode embedded  or processes`;

await prove({
  help: HELP,
  numbers: { keys: 1_000, repeats: 5 },
  async run(plaza, given, { say }) {
    const { keys, faults } = await repeatKeys(plaza.url, { ...given, say });
    say(faults.length === 0 ? `${keys} keys: one effect and one reply each` : `${faults.length} faults`);
    return faults.length === 0;
  },
});

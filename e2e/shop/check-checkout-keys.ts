/** `npm run check:checkout-keys`: see HELP. */
import { parseArgs } from 'node:util';
import { type Mode, MODES, PlazaProcess } from '../plaza-process.js';
import { repeatKeys } from './keys.js';

const HELP = `npm run check:checkout-keys -- --keys 1000 --repeats 5      one key, one effect, one reply

Starts a Plaza of its own. Buyers check out, pay, and their shops send and give back; each of these is asked for several times at once under one key,
then once more, then with another input. Whatever answers differently, or has an effect twice, is told.

  --keys 1000      in all, over the four mutations
  --repeats 5      at once
  --mode embedded  or processes`;

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000' },
    repeats: { type: 'string', default: '5' },
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
    const { keys, faults } = await repeatKeys(plaza.url, { keys: Number(values.keys), repeats: Number(values.repeats), say });
    say(faults.length === 0 ? `${keys} keys: one effect and one reply each` : `${faults.length} faults`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await plaza.remove();
  }
}

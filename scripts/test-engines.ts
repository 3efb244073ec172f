/** `npm run test:engines`: see HELP. */
import { parseArgs } from 'node:util';
import { readConfig } from '@plaza/embedded/config';
import { addressesFile, withAddresses } from '@plaza/native/addresses';
import { startVitest } from 'vitest/node';

const HELP = `Usage: npm run test:engines [-- <part of a path>…]

Runs the contract suites (*.twins.test.ts) against both twins: what is embedded, and the real engines. Their addresses come from the environment
or from what \`npm run infra:up\` has written to PLAZA_DATA_DIR/infra. Fails when an engine has no address: nothing is left out.
`;

/** One for each engine that has an adapter. */
const NEEDED = [
  'REDIS_URL',
  'KAFKA_BROKERS',
  'S3_ENDPOINT',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'OPENSEARCH_URL',
  'POSTGRES_URL',
  'POSTGRES_REPLICA_URL',
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
if (values.help === true) process.stdout.write(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const { dataDir } = readConfig(process.env);
  Object.assign(process.env, await withAddresses(dataDir, process.env));
  const missing = NEEDED.filter((name) => (process.env[name] ?? '') === '');
  if (missing.length > 0) {
    process.stderr.write(`${missing.join(', ')} not set, and not in ${addressesFile(dataDir)}: npm run infra:up brings the engines up\n`);
    return 1;
  }
  const vitest = await startVitest('test', positionals.length > 0 ? positionals : ['.twins.test.ts'], { watch: false, project: ['unit'] });
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const broken = vitest.state.getUnhandledErrors().length + vitest.state.getTestModules().filter((module) => !module.ok()).length;
  await vitest.close();
  const passed = tests.filter((state) => state === 'passed').length;
  process.stdout.write(`${String(passed)} passed, ${String(tests.length - passed)} not\n`);
  return passed > 0 && passed === tests.length && broken === 0 ? 0 : 1;
}

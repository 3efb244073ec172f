import { parseArgs } from 'node:util';
import { startVitest, type Vitest } from 'vitest/node';

const HELP = `npm test [-- [--project <name>] [--bail] [--name <pattern>] [<part of a path>…]]

Runs the tests once. The last line is "<n> passed, <n> failed"; the exit code is 0 only if something passed and nothing failed.

  --project <name>  only unit (rules, stores against a real PostgreSQL, packages), e2e (a whole Plaza in one process) or
                    e2e-processes (the same as seven processes) or e2e-apollo (some of it with the stock engine)
  --bail            stop at the first failure
  --name <pattern>  only tests whose full name matches`;

const { values: options, positionals: paths } = parseArgs({
  allowPositionals: true,
  options: { project: { type: 'string', multiple: true }, bail: { type: 'boolean' }, name: { type: 'string' }, help: { type: 'boolean' } },
});

if (options.help === true) console.log(HELP);
else {
  const vitest = await startVitest('test', paths, {
    watch: false,
    ...(options.project === undefined ? {} : { project: options.project }),
    ...(options.bail === true ? { bail: 1 } : {}),
    ...(options.name === undefined ? {} : { testNamePattern: options.name }),
  });
  const { passed, failed } = count(vitest);
  await vitest.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** A file or a run that broke outside of its tests counts as one failure. */
function count(vitest: Vitest): { readonly passed: number; readonly failed: number } {
  const modules = vitest.state.getTestModules();
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const broken = modules.filter(
    (module) => module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0),
  ).length;
  const failed = states.filter((state) => state === 'failed').length + broken + vitest.state.getUnhandledErrors().length;
  return { passed: states.filter((state) => state === 'passed').length, failed };
}

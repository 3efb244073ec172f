import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAudit } from './audit/audit-server.js';
import { reportOf, runSuite, type SuiteResult } from './audit/suites.js';

const HELP = `npm run audit -- DIR [--suite <id>] [--plans] [--write <file>] [--supergraphs <folder>]

Runs the public federation gateway audit (graphql-hive/federation-gateway-audit), checked out and installed in DIR, against
@plaza/federation-engine: every suite's supergraph in, every query of it through the engine to the suite's own subgraphs over HTTP.

  --suite <id>            this suite alone
  --plans                 show the plan and the answer of what fails
  --write <file>          write the report there, with the date
  --supergraphs <folder>  write the suites' supergraphs there and run nothing: for fuzz:engine`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string' },
    plans: { type: 'boolean' },
    write: { type: 'string' },
    supergraphs: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const [folder] = positionals;

if (options.help === true || folder === undefined) console.log(HELP);
else {
  const audit = await startAudit(folder);
  try {
    const ids = (await audit.ids()).filter((id) => options.suite === undefined || options.suite === id);
    const { supergraphs } = options;
    if (supergraphs !== undefined) {
      mkdirSync(supergraphs, { recursive: true });
      for (const id of ids) writeFileSync(join(supergraphs, `${id}.graphql`), await audit.supergraph(id));
    }
    const results: SuiteResult[] = [];
    for (const id of supergraphs === undefined ? ids : []) results.push(await runSuite(audit, id));
    const report = reportOf(results);
    if (supergraphs === undefined) console.log(report);
    if (options.plans === true) for (const { failures } of results) for (const { detail } of failures) console.log(detail);
    if (options.write !== undefined) writeFileSync(options.write, `${report}\n`);
    if (results.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    audit.stop();
  }
}

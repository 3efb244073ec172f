import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Comparison, type Verdict } from './compare.js';
import { GRAPHS, supergraphOf } from './graphs.js';

const HELP = `npm run fuzz:engine [-- --count <n>] [--first <n>] [--graph <name>] [--supergraph <file or folder>] [--show <n>]

Draws operations and runs each with @plaza/federation-engine and with Apollo's own executor over the same made-up data. Their answers must be
equal, or ours be that of the graph as one piece.

  --count <n>          operations in all (10000)
  --first <n>          number of the first (0)
  --graph <name>       one of the package's graphs (${Object.keys(GRAPHS).join(', ')}) alone, or the file of a supergraph
  --supergraph <file>  a supergraph of one's own beside them; of a folder every one in it, and none of the package's
  --show <n>           so many reports of differences (3)`;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    first: { type: 'string', default: '0' },
    graph: { type: 'string' },
    supergraph: { type: 'string' },
    show: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (options.help === true) process.stdout.write(`${HELP}\n`);
else await run();

async function run(): Promise<void> {
  const graphs = graphsOf(options.supergraph);
  const chosen = [...graphs].filter(([name]) => options.graph === undefined || options.graph === name);
  const each = Math.ceil(Number(options.count) / chosen.length);
  let shown = 0;
  for (const [name, sdl] of chosen) {
    const comparison = new Comparison(sdl, name);
    const counts: Record<Verdict['kind'], number> = { equal: 0, right: 0, unplannable: 0, wrong: 0 };
    for (let index = 0; index < each; index += 1) {
      const number = Number(options.first) + index;
      const verdict = await comparison.run(number);
      counts[verdict.kind] += 1;
      if (verdict.kind !== 'wrong') continue;
      process.exitCode = 1;
      shown += 1;
      if (shown <= Number(options.show)) process.stdout.write(`--- ${name} ${number}\n${verdict.report}\n`);
    }
    process.stdout.write(
      `${name}: ${each} operations, ${counts.equal} equal to the stock executor, ${counts.right} right where that one is not, ${counts.unplannable} that no plan exists for, ${counts.wrong} wrong\n`,
    );
  }
}

function graphsOf(own: string | undefined): ReadonlyMap<string, string> {
  if (own !== undefined && statSync(own).isDirectory()) {
    const files = readdirSync(own).filter((name) => name.endsWith('.graphql'));
    return new Map(files.map((name) => [basename(name, '.graphql'), readFileSync(join(own, name), 'utf8')]));
  }
  const graphs = new Map(Object.entries(GRAPHS).map(([name, subgraphs]) => [name, supergraphOf(subgraphs)]));
  return own === undefined ? graphs : graphs.set(own, readFileSync(own, 'utf8'));
}

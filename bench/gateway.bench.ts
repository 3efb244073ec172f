/** `npm run bench:gateway`: see HELP. */
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createEngine } from '@plaza/federation-engine/engine';
import type { Fetch, SubgraphResult } from '@plaza/federation-engine/subgraphs';
import { Stock } from '../packages/federation-engine/test/stock.js';
import { World } from '../packages/federation-engine/test/world.js';
import { CONTENDERS } from './gateway/contenders.js';
import { manifestQueries } from './gateway/manifest.js';
import { sideBySide } from './gateway/report.js';
import { MODES } from './gateway/side-by-side.js';
import { machine } from './measure/machine.js';

const HELP = `Usage: npm run bench:gateway [-- --gateways plaza,apollo] [--modes standard,mix] [--no-engines]

Two tables.

Gateways: ours with everything on (authentication, limits, metrics, breakers, assertions), the stock gateway, Hive Gateway and Hive Gateway with its
router's planner, which is written in Rust: one after the other, each in a process of its own, over the same subgraphs in a process of their own,
over HTTP. CPU-ms is the processor's time of the gateway's process for one request. Other people's gateways are installed into bench/peers/node_modules
at the first run. Linux only.

Engines: operations of the manifest with the engine of this repository and with Apollo's own executor, plans ready, subgraphs in this process: what
they answer (lists of 10) is recorded once and parsed anew for each fetch, as after a wire ("parsing" is that alone, a part of all the others).
Prints the processor's time for a request from the plan to the text of the answer: the engines' own work, without HTTP.

  --gateways    of plaza, apollo, hive, hive-rust; "none" (all)
  --modes       standard: the query that such benchmarks have in common; mix: thirty queries of the manifest; identical: the standard query, every
                request the same, where Hive may let requests share an answer (all)
  --requests    that are measured, of each gateway in each mode (400); as many before them to warm up
  --clients     at a time (20)
  --no-engines  leaves the second table out
  --runs        requests of each operation in the second table (300)
  --operations  so many operations in the second table, those with the most fetches first (14)
`;

/** Of every list of an answer. */
const LENGTH = 10;

const { values: options } = parseArgs({
  options: {
    gateways: { type: 'string', default: CONTENDERS.join(',') },
    modes: { type: 'string', default: MODES.join(',') },
    requests: { type: 'string', default: '400' },
    clients: { type: 'string', default: '20' },
    'no-engines': { type: 'boolean', default: false },
    runs: { type: 'string', default: '300' },
    operations: { type: 'string', default: '14' },
    help: { type: 'boolean', short: 'h' },
  },
});

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  out(`# bench:gateway, ${new Date().toISOString().slice(0, 10)}`);
  out();
  out(`${machine()}; load ${loadavg()[0]?.toFixed(1)} at the start.`);
  const listed = (text: string): readonly string[] => text.split(',').filter((name) => name !== 'none');
  const [gateways, modes] = [listed(options.gateways), listed(options.modes)];
  const requests = Number(options.requests);
  if (gateways.length > 0) await sideBySide(gateways, modes, { clients: Number(options.clients), requests, warmUp: requests }, out);
  if (!options['no-engines']) await engines(Number(options.runs), Number(options.operations));
}

async function engines(runs: number, count: number): Promise<void> {
  const supergraphSdl = await readFile(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');
  const engine = createEngine({ supergraphSdl });
  const stock = new Stock(supergraphSdl);
  const world = new World(supergraphSdl, 'bench', { nulls: 0, errors: 0, hidden: 0, away: [], length: LENGTH });
  const measured = [];
  for (const operation of await manifestQueries(engine.schema)) {
    const { document, variables } = operation;
    const plan = await engine.plan({ document });
    const theirs = stock.plan(document);
    const [ours, apollo] = [new Recording(world.fetch), new Recording(world.fetch)];
    const [text, other] = [
      await engine.executeText({ plan, variables, fetch: ours.fetch }),
      await stock.text(theirs, document, variables, apollo.fetch),
    ];
    measured.push({ operation, plan, theirs, ours, apollo, bytes: text.length, isSame: text === other });
  }
  measured.sort((one, other) => other.apollo.count - one.apollo.count);

  out();
  out(`## Engines: ${runs} requests each after ${Math.ceil(runs / 3)} to warm up`);
  out();
  out(
    '| operation | answer, bytes | fetches: ours, Apollo | parsing, CPU-ms | Apollo | ours as data | ours as text | times less | without parsing |',
  );
  out('|---|---|---|---|---|---|---|---|---|');
  const ratios: number[] = [];
  const own: number[] = [];
  for (const { operation, plan, theirs, ours, apollo, bytes, isSame } of measured.slice(0, count)) {
    const { name, document, variables } = operation;
    const time = {
      parsing: await cpu(runs, ours.parse),
      apollo: await cpu(runs, () => stock.text(theirs, document, variables, apollo.replay)),
      data: await cpu(runs, async () => JSON.stringify(await engine.execute({ plan, variables, fetch: ours.replay }))),
      text: await cpu(runs, () => engine.executeText({ plan, variables, fetch: ours.replay })),
    };
    ratios.push(time.apollo / time.text);
    own.push((time.apollo - time.parsing) / Math.max(0.001, time.text - time.parsing));
    const cells = [
      `${name}${isSame ? '' : ' (answers differ)'}`,
      bytes,
      `${ours.count}, ${apollo.count}`,
      time.parsing.toFixed(3),
      time.apollo.toFixed(3),
      time.data.toFixed(3),
      time.text.toFixed(3),
      (time.apollo / time.text).toFixed(1),
      (own.at(-1) ?? 0).toFixed(1),
    ];
    out(`| ${cells.join(' | ')} |`);
  }
  out();
  out(
    `Geometric means: ${mean(ratios)} times less than Apollo's executor; ${mean(own)} times without the parsing of what subgraphs answer.`,
  );
}

const mean = (values: readonly number[]): string =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length).toFixed(1);

/** What subgraphs answered, to be given again. */
class Recording {
  readonly #fetch: Fetch;
  readonly #texts = new Map<string, string>();
  count = 0;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  readonly fetch: Fetch = async (subgraph, request) => {
    const result = await this.#fetch(subgraph, request);
    this.#texts.set(keyOf(subgraph, request), JSON.stringify(result));
    this.count += 1;
    return result;
  };

  /** What replaying costs by itself. */
  readonly parse = async (): Promise<void> => {
    for (const text of this.#texts.values()) JSON.parse(text);
  };

  readonly replay: Fetch = async (subgraph, request) => {
    const text = this.#texts.get(keyOf(subgraph, request)) ?? '{}';
    const result = JSON.parse(text) as SubgraphResult; // recorded above
    return text.includes('\\') ? result : { ...result, isPlain: true };
  };
}

/** Fetches of one operation are told apart by their text and size, which costs next to nothing. */
const keyOf = (subgraph: string, { query, variables: { representations } }: Parameters<Fetch>[1]): string =>
  `${subgraph} ${Array.isArray(representations) ? representations.length : ''} ${query}`;

async function cpu(runs: number, once: () => Promise<unknown>): Promise<number> {
  for (let run = 0; run < runs / 3; run += 1) await once();
  const start = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) await once();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / runs;
}

if (options.help === true) out(HELP);
else await main();

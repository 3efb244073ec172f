import { parseArgs } from 'node:util';

/** How many processes of each there are. */
export interface FleetSize {
  /** Of every subgraph. */
  readonly replicas: number;
  readonly gateways: number;
}

/** What the command line says. */
export interface Options extends FleetSize {
  /** Whether a cache stands in front. */
  readonly cdn: boolean;
}

const MOST = 8;

/** From the command line; `help` where it asks for that. @throws Error with one line */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      replicas: { type: 'string' },
      gateways: { type: 'string' },
      cdn: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const { replicas = '2', gateways = '2' } = values;
  return { replicas: count('--replicas', replicas), gateways: count('--gateways', gateways), cdn: values.cdn };
}

function count(name: string, given: string): number {
  if (!/^\d$/u.test(given) || Number(given) < 1 || Number(given) > MOST)
    throw new Error(`${name} must be a whole number from 1 to ${String(MOST)}`);
  return Number(given);
}

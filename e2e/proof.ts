import { parseArgs } from 'node:util';
import { Agent, setGlobalDispatcher } from 'undici';
import { type Mode, MODES, PlazaProcess } from './plaza-process.js';
import { say, type Say } from './say.js';

/** A command that proves something of a Plaza of its own. */
export interface Proof<Name extends string> {
  /** What `--help` prints. */
  readonly help: string;
  /** Its options that are numbers of 0 or more, with what they are where nothing is said. */
  readonly numbers: Readonly<Record<Name, number>>;
  /** Its options that are there or not. */
  readonly flags?: readonly string[];
  /** What its Plaza is told besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** @returns whether all is well */
  readonly run: (
    plaza: PlazaProcess,
    given: Readonly<Record<Name, number>>,
    told: { readonly say: Say; readonly flags: ReadonlySet<string> },
  ) => Promise<boolean>;
}

/**
 * The gateway closes a line that nobody used for 80 seconds, and a client keeps it until just before. Where the client gets no processor just then, it sends
 * into the closing and is told that the other side closed, which proves nothing: here no line is kept for nearly as long.
 */
const LINE_MS = 10_000;

/** Runs one by the command line of this process; the exit code says how it ended. `--mode` and `--help` are every proof's. */
export async function prove<Name extends string>({ help, numbers, flags = [], env = {}, run }: Proof<Name>): Promise<void> {
  const names = Object.keys(numbers) as Name[]; // the keys of the object above
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' as const }])),
      mode: { type: 'string', default: 'embedded' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const told: Readonly<Record<string, string | boolean | undefined>> = values;
  if (told['help'] === true) return say(help);
  const mode = MODES.find((known): known is Mode => known === told['mode']);
  if (mode === undefined) throw new Error(`--mode must be one of ${MODES.join(', ')}`);
  const given = Object.fromEntries(names.map((name) => [name, numberOf(name, told[name], numbers[name])])) as Record<Name, number>; // of the same names
  setGlobalDispatcher(new Agent({ keepAliveMaxTimeout: LINE_MS }));
  say(`starting (${mode})`);
  const plaza = await PlazaProcess.start(mode, {
    PLAZA_ARGON2_MEMORY_KIB: '1024',
    PLAZA_ACCESS_TOKEN_SECONDS: '86400',
    LOG_LEVEL: 'silent',
    ...env,
  });
  try {
    process.exitCode = (await run(plaza, given, { say, flags: new Set(flags.filter((flag) => told[flag] === true)) })) ? 0 : 1;
  } finally {
    await plaza.remove();
  }
}

function numberOf(name: string, text: string | boolean | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isNaN(value) || value < 0) throw new Error(`--${name} must be a number`);
  return value;
}

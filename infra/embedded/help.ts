import { VARIABLES } from './config.js';

/** The text of `--help`. */
export const HELP = (command: string, about: string): string => `Usage: ${command}

${about}

Everything is kept in the data folder and is there again at the next start. Ctrl-C stops.

Environment:
${Object.entries(VARIABLES)
  .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
  .join('\n')}
`;

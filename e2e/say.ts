/** Takes a line for whoever runs a command. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stdout.write(`${line}\n`);

/** `12.3 s` */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

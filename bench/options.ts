import { parseArgs } from 'node:util';

/** How much of everything a run has. */
export interface Size {
  readonly scale: number;
  readonly users: number;
  readonly posts: number;
  /** About; what each person follows is drawn. */
  readonly follows: number;
  /** Actors with more followers are pulled. */
  readonly pushMaxFollowers: number;
  /** How few are followed by most: the shift of the power law, as a part of all people. */
  readonly head: number;
  /** Ten times as many people, who follow a tenth as many each. */
  readonly isWide: boolean;
}

/** Reads the command line of a benchmark; null when it was asked for help (which is printed). @throws Error for an unknown option. */
export function readOptions(help: string): Size | null {
  const { values } = parseArgs({
    options: { scale: { type: 'string', default: '1' }, wide: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return null;
  }
  return sized(values.scale, values.wide);
}

/** @throws Error for a scale that is none. */
export function sized(given: string, isWide = false): Size {
  const scale = Number(given);
  if (!(scale >= 0.01 && scale <= 10)) throw new Error('--scale must be from 0.01 to 10');
  const part = (whole: number): number => Math.round(whole * scale);
  if (isWide)
    return {
      scale,
      users: part(100_000),
      posts: part(100_000),
      follows: part(1_000_000),
      pushMaxFollowers: part(100),
      head: 0.0002,
      isWide,
    };
  const users = part(10_000);
  // Fewer people follow fewer each, so that the same part of them is above the threshold.
  return {
    scale,
    users,
    posts: part(100_000),
    follows: users * Math.min(100, Math.max(5, users / 100)),
    pushMaxFollowers: part(1_000),
    head: 0.005,
    isWide,
  };
}

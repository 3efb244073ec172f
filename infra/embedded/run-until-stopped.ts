import { Lifecycle } from './lifecycle.js';

/** What a start that was cut short may still take to come to its next step. */
const CANCEL_MS = 4_000;
/** Whatever still holds the event loop after the end (a socket that lingers) has had its time. */
const LINGER_MS = 500;

/** Errors that a person can mend: their message is all there is to say. */
export type Expected = readonly (abstract new (...args: never[]) => Error)[];

/**
 * A whole Plaza from its start to its end: what `start` adds to the lifecycle is ended on a signal, or when the start fails, which is said in one
 * line and sets the exit code to 1.
 */
export async function runUntilStopped(start: (lifecycle: Lifecycle) => Promise<void>, expected: Expected): Promise<void> {
  // Whoever read our lines may leave (`npm start | head`): that is no reason to fall.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const lifecycle = new Lifecycle((line) => process.stderr.write(`${line}\n`));
  const starting = start(lifecycle);
  const stopped = lifecycle.onSignal(
    starting.catch(() => undefined),
    CANCEL_MS,
  );
  try {
    await starting;
    await stopped;
  } catch (cause) {
    // What fails after a stop was asked for fails because its ground was taken away.
    const wasAsked = lifecycle.isStopping;
    await lifecycle.stop();
    if (!wasAsked) {
      process.stderr.write(`Plaza cannot start: ${explained(cause, expected)}\n`);
      process.exitCode = 1;
    }
  }
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** One line for what a person can mend; for what they cannot, the stack as well. */
function explained(cause: unknown, expected: Expected): string {
  if (!(cause instanceof Error)) return String(cause);
  return expected.some((known) => cause instanceof known) ? cause.message : `${cause.message}\n${cause.stack ?? ''}`;
}

/** Runs one long step and tells whoever watches what it is, how far it is and how long it took. */
export type Progress = <T>(step: string, work: (at: (detail: string) => void) => Promise<T>) => Promise<T>;

/** Tells nobody. */
export const silent: Progress = async (_step, work) => work(() => undefined);

/** A line a step: on a terminal it is rewritten while the step goes on, elsewhere it is written once, at its end. */
export function printed(out: NodeJS.WriteStream): Progress {
  const live = out.isTTY;
  return async (step, work) => {
    const started = performance.now();
    const line = (rest: string) => `  ${step.padEnd(34)} ${rest}`;
    const show = (rest: string) => {
      if (live) out.write(`\r\u001B[K${line(rest)}`);
    };
    show('…');
    try {
      const result = await work(show);
      const took = `${((performance.now() - started) / 1000).toFixed(2)} s`;
      out.write(live ? `\r\u001B[K${line(took)}\n` : `${line(took)}\n`);
      return result;
    } catch (cause) {
      out.write(live ? `\r\u001B[K${line('failed')}\n` : `${line('failed')}\n`);
      throw cause;
    }
  };
}

/** Wakes one sleeper; raised while nobody sleeps, it is kept until somebody wants to. */
export class Signal {
  #raised = false;
  #awake: (() => void) | undefined;

  raise(): void {
    this.#raised = true;
    this.#awake?.();
  }

  /** Sleeps until the signal is raised (true) or the time is over (false). */
  async wait(ms: number): Promise<boolean> {
    if (!this.#raised) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#awake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#awake = undefined;
    }
    const wasRaised = this.#raised;
    this.#raised = false;
    return wasRaised;
  }
}

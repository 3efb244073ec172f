import { readConfig } from '@plaza/embedded/config';
import { daemonPid } from '@plaza/native/daemon';
import type { Engine, Place } from '@plaza/native/engine';
import { ENGINES } from '@plaza/native/engines';
import { Places } from '@plaza/native/places';

/** Engines without which Plaza goes on. */
export const LOSABLE = ['redis', 'kafka', 'opensearch', 'minio'] as const;
export type Losable = (typeof LOSABLE)[number];

/** How an engine goes: at once, or silent with its connections open. */
export const WAYS = ['kill', 'hang'] as const;
export type Way = (typeof WAYS)[number];

/** An engine of `npm run infra:up` that can be taken away. */
export class EngineLoss {
  readonly #engine: Engine;
  readonly #place: Place;
  readonly #pid: number;
  readonly #way: Way;
  #isAway = false;

  private constructor(engine: Engine, place: Place, pid: number, way: Way) {
    this.#engine = engine;
    this.#place = place;
    this.#pid = pid;
    this.#way = way;
  }

  /** @throws Error when it does not run in PLAZA_DATA_DIR */
  static async of(name: Losable, way: Way): Promise<EngineLoss> {
    const places = await Places.open(readConfig(process.env).dataDir);
    const place = places.known(name);
    const pid = place === undefined ? undefined : await daemonPid(place.folder);
    if (place === undefined || pid === undefined) throw new Error(`no ${name} runs there: npm run infra:up`);
    return new EngineLoss(ENGINES[name], place, pid, way);
  }

  take(): void {
    process.kill(this.#pid, this.#way === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    this.#isAway = true;
    // Whatever becomes of us, it does not stay stopped.
    if (this.#way === 'hang') process.once('exit', () => this.#goOn());
  }

  /** Resolves when it answers again; nothing to do where it was not taken. */
  async bringBack(): Promise<void> {
    if (!this.#isAway) return;
    if (this.#way === 'hang') this.#goOn();
    await this.#engine.start(this.#place, () => undefined);
    this.#isAway = false;
  }

  #goOn(): void {
    if (this.#isAway) process.kill(this.#pid, 'SIGCONT');
  }
}

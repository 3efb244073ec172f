/** A member of a group hears from Kafka every two seconds; who heard nothing for so long is cut off, whatever its line says. */
const SILENT_MS = 6_000;
/** Facts that are taken within this come as they should. */
const LATE_MS = 10_000;
/** For so long after each late one, and after Kafka came back, more of them are to come: relays rest for five seconds at most before they try again. */
const MORE_MS = 10_000;

/** Whether facts flow to one member of a group. Times are milliseconds. */
export class Flow {
  readonly #now: () => number;
  #heardAt: number;
  #isCut = false;
  #behindUntil = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#heardAt = now();
  }

  /** Kafka has answered. */
  heard(): void {
    if (this.isAway) this.#behindUntil = this.#now() + MORE_MS;
    this.#isCut = false;
    this.#heardAt = this.#now();
  }

  /** Kafka cannot be had. */
  cut(): void {
    this.#isCut = true;
  }

  /** A fact was taken so long after it was stated. */
  took(ageMs: number): void {
    if (ageMs > LATE_MS) this.#behindUntil = this.#now() + MORE_MS;
  }

  get isAway(): boolean {
    return this.#isCut || this.#now() > this.#heardAt + SILENT_MS;
  }

  /** Whether what is made of facts is older than it should be. */
  get isBehind(): boolean {
    return this.isAway || this.#now() < this.#behindUntil;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type Supervised, supervise } from '@plaza/embedded/supervisor';

const READY_WITHIN_MS = 120_000;
const LOOK_MS = 50;

/** A process of the fleet: what runs, and how one sees that it serves. */
export interface Member {
  /** `feed-2` */
  readonly name: string;
  readonly program: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it listens. */
  readonly base: string;
  readonly isServing: () => Promise<boolean>;
  /** From the word to stop to the end of what it is given. */
  readonly stopMs: number;
  /** Whether clients reach it through the edge, which is then told before it goes and when it is back. */
  readonly isBehindEdge: boolean;
}

/** Who spreads what comes over those that are behind the edge. */
export interface Spreader {
  /** Resolves when `name` gets nothing new. */
  takeOut(name: string): Promise<void>;
  /** Resolves when `name`, which serves, gets its share. */
  putBack(name: string): Promise<void>;
  /** `name` gets its share whenever it is seen to serve. */
  leaveToLooks(name: string): Promise<void>;
}

/** All processes of a Plaza on this machine, each kept running. */
export class Fleet {
  readonly #members: readonly Member[];
  readonly #report: (line: string) => void;
  readonly #running = new Map<string, Supervised>();
  #isStopping = false;
  #isRolling = false;

  constructor(members: readonly Member[], report: (line: string) => void) {
    this.#members = members;
    this.#report = report;
  }

  /** Starts these and waits until each serves. @throws Error naming one that does not within two minutes */
  async start(names: (member: Member) => boolean, at: (detail: string) => void): Promise<void> {
    const begun = this.#members.filter(names);
    for (const member of begun) this.#begin(member);
    for (const member of begun) {
      at(member.name);
      await this.#served(member);
    }
  }

  /**
   * Ends and starts one process after the other: none before nobody sends it anything new, the next one when the one before serves again and has
   * its share. Calls at the same time share a round.
   * @param only `feed` means all of its copies; all processes for none
   * @throws Error when one does not serve again; those after it are left as they are. Or when there is none of these names.
   */
  async roll(edge: Spreader, only: readonly string[], tell: (line: string) => void): Promise<void> {
    if (this.#isRolling) throw new Error('a round is under way');
    this.#isRolling = true;
    try {
      await this.#roll(edge, only, tell);
    } finally {
      this.#isRolling = false;
    }
  }

  /** Ends all of them at the same time, gateways first. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const isGateway of [true, false]) {
      const ending = this.#members.filter(({ name }) => name.startsWith('gateway') === isGateway);
      await Promise.all(ending.map(async ({ name, stopMs }) => this.#running.get(name)?.stop(stopMs)));
    }
  }

  async #roll(edge: Spreader, only: readonly string[], tell: (line: string) => void): Promise<void> {
    const unknown = only.find((name) => !this.#members.some((member) => kindOf(member) === name));
    if (unknown !== undefined) throw new Error(`there is no ${unknown}`);
    for (const member of this.#members.filter((one) => only.length === 0 || only.includes(kindOf(one)))) {
      if (this.#isStopping) return;
      const { name } = member;
      if (!member.isBehindEdge) tell(await this.#renew(member));
      else {
        try {
          await edge.takeOut(name);
          tell(await this.#renew(member));
          await edge.putBack(name);
        } catch (cause) {
          await edge.leaveToLooks(name);
          throw cause;
        }
      }
    }
  }

  /** Returns what there is to say of it. */
  async #renew(member: Member): Promise<string> {
    const began = performance.now();
    await this.#running.get(member.name)?.stop(member.stopMs);
    const ended = performance.now();
    this.#begin(member);
    await this.#served(member);
    const [away, back] = [ended - began, performance.now() - ended].map((ms) => (ms / 1000).toFixed(1));
    return `${member.name.padEnd(14)} ended after ${away ?? ''} s, served again after ${back ?? ''} s`;
  }

  #begin({ name, program, env }: Member): void {
    if (!this.#isStopping) this.#running.set(name, supervise({ name, program, env, report: this.#report }));
  }

  async #served({ name, isServing }: Member): Promise<void> {
    for (const end = Date.now() + READY_WITHIN_MS; !(await isServing()); await pause(LOOK_MS)) {
      if (this.#isStopping) return;
      if (Date.now() > end) throw new Error(`${name} does not serve after ${String(READY_WITHIN_MS / 1000)} s`);
    }
  }
}

/** `feed` of `feed-2` */
const kindOf = ({ name }: Member): string => name.replace(/-\d+$/u, '');

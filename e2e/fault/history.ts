import type { Answer, Person } from '@plaza/testing/people';

/** Null: nobody can know, because something else may have changed it, or because an answer was lost and its repeat refused. */
export type Known<T> = T | null;

export interface KnownPost {
  readonly id: string;
  readonly author: Person;
  readonly audience: string;
  text: Known<string>;
  revision: number;
  isGone: Known<boolean>;
}

export interface KnownComment {
  readonly id: string;
  readonly postId: string;
  readonly author: Person;
  isGone: Known<boolean>;
}

export interface KnownMessage {
  readonly conversationId: string;
  readonly seq: number;
  readonly key: string;
  readonly sender: Person;
}

export interface KnownOrder {
  readonly id: string;
  readonly buyer: Person;
  /** LEFT: while it was unclear whether it was paid, and nobody asks again; it may be or not, but must be decided in the end. */
  state: 'PLACED' | 'PAID' | 'CANCELLED' | 'LEFT';
}

/** Something done under a key, which answers the same again. */
export interface Repeat {
  readonly person: Person;
  readonly document: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The id that came of it. */
  readonly id: string;
  readonly idOf: (payload: Answer) => string;
  /** The same key for something else. */
  readonly other?: Readonly<Record<string, unknown>>;
}

/** What was asked for and what was answered, by everybody; and what must hold because of that. */
export class History {
  readonly lines: string[] = [];
  readonly violations: string[] = [];
  /** Faults that found nothing to strike. */
  readonly idle: string[] = [];
  /** What was done instead of a fault that this machine does not allow. */
  readonly instead: string[] = [];
  readonly posts: KnownPost[] = [];
  readonly comments: KnownComment[] = [];
  readonly messages: KnownMessage[] = [];
  readonly orders: KnownOrder[] = [];
  readonly repeats: Repeat[] = [];
  /** By `post user`. */
  readonly likes = new Map<string, Known<boolean>>();
  readonly reposts = new Map<string, Known<boolean>>();
  /** By `follower followee` and `blocker blocked`. */
  readonly follows = new Map<string, Known<boolean>>();
  readonly blocks = new Map<string, Known<boolean>>();
  /** Up to where who has read, by `conversation user`. */
  readonly read = new Map<string, number>();
  /** Things that may have been made though it was never acknowledged, by document. */
  readonly maybe = new Map<string, number>();
  /** Answers that did not come or were errors. */
  unclear = 0;
  done = 0;
  /** Told of the first violation. */
  onViolation: () => void = () => {};
  readonly #since = performance.now();

  note(line: string): void {
    this.lines.push(`${((performance.now() - this.#since) / 1_000).toFixed(3)} ${line}`);
  }

  violated(what: string): void {
    this.note(`VIOLATION ${what}`);
    this.violations.push(what);
    this.onViolation();
  }

  mayHave(document: string): void {
    this.maybe.set(document, (this.maybe.get(document) ?? 0) + 1);
  }
}

export const pairOf = (a: string, b: string): string => `${a} ${b}`;

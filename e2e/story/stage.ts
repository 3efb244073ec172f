import type { Person } from './person.js';

/** One step of the story: what is played, and what came of it in a few words. */
export interface Step {
  readonly number: number;
  readonly title: string;
  readonly play: (stage: Stage) => Promise<string>;
}

/** What the steps share. */
export interface Stage {
  readonly url: string;
  readonly anna: Person;
  readonly binh: Person;
  readonly chen: Person;
  /** Posts of Anna's by what they are for. */
  readonly posts: Map<string, string>;
  /** Media of Anna's by what they show. */
  readonly media: Map<string, string>;
  /** Conversations by whose they are. */
  readonly chats: Map<string, string>;
  /** Stops Plaza and starts it on the same data; null where that is not ours to do. */
  readonly restart: (() => Promise<void>) | null;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '@plaza/testing/people';
import { nth } from '../live/many.js';

const COMMENT =
  'mutation ($input: AddCommentInput!) { addComment(input: $input) { ... on AddCommentOk { comment { id } } ... on UserError { message } } }';
const POST = 'query ($id: ID!) { node(id: $id) { ... on Post { text author { handle } commentCount } } }';
const HOME = '{ me { homeFeed(first: 10) { edges { node { ... on Post { text author { handle } likeCount } } } } } }';
const SUGGESTED = '{ me { suggestedUsers(first: 5) { user { handle } } } }';

/** People who read and write at a rate, whatever the answers take; nothing is asked twice. */
export class Traffic {
  readonly #people: readonly Person[];
  readonly #posts: readonly string[];
  readonly #everyMs: number;
  readonly #said = new Map<string, string[]>();
  readonly #underWay = new Set<Promise<void>>();
  #isOver = false;
  #running: Promise<void> = Promise.resolve();
  requests = 0;
  /** Without an answer, or with another status than 200. */
  readonly failures: string[] = [];
  /** Answers with errors. */
  readonly wrong: string[] = [];

  readonly #tell: (line: string) => void;

  /**
   * @param rate requests a second
   * @param tell takes a line for each request that went wrong, as it does
   */
  constructor(people: readonly Person[], posts: readonly string[], rate: number, tell: (line: string) => void = () => undefined) {
    this.#tell = tell;
    this.#people = people;
    this.#posts = posts;
    this.#everyMs = 1_000 / rate;
  }

  get said(): number {
    return [...this.#said.values()].reduce((sum, ids) => sum + ids.length, 0);
  }

  /** Ids of the comments on a post that were answered. */
  saidOn(postId: string): readonly string[] {
    return this.#said.get(postId) ?? [];
  }

  /** Its id: before anything is counted, so what a machine under load does not take is asked again, by its key. */
  async comment(person: Person, postId: string): Promise<string> {
    for (const idempotencyKey = randomUUID(); ; await pause(this.#everyMs)) {
      const { json, body } = await person.graphql(COMMENT, { input: { idempotencyKey, postId, text: 'still here' } });
      const id: unknown = json.data?.addComment?.comment?.id;
      if (typeof id === 'string') {
        this.#note(postId, id);
        return id;
      }
      if (!body.includes('"UNAVAILABLE"')) throw new Error(body);
    }
  }

  /** Comments from now on are what everybody must hear. */
  count(): void {
    this.#said.clear();
  }

  begin(): void {
    this.#running = this.#run();
  }

  /** Resolves when the last one was answered. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const asking = this.#one(n).finally(() => this.#underWay.delete(asking));
      this.#underWay.add(asking);
      await pause(this.#everyMs);
    }
  }

  #note(postId: string, commentId: string): void {
    this.#said.set(postId, [...(this.#said.get(postId) ?? []), commentId]);
  }

  async #one(n: number): Promise<void> {
    const [person, postId] = [nth(this.#people, n), nth(this.#posts, n)];
    this.requests += 1;
    const began = performance.now();
    try {
      const kinds = [COMMENT, POST, HOME, SUGGESTED];
      const query = nth(kinds, n);
      const input = { idempotencyKey: randomUUID(), postId, text: `comment ${n}` };
      const { status, json, body } = await person.graphql(query, query === COMMENT ? { input } : query === POST ? { id: postId } : {});
      if (status !== 200) this.#wrong(this.failures, began, `${String(status)} ${body}`);
      else if (json.errors !== undefined) this.#wrong(this.wrong, began, body);
      const id: unknown = json.data?.addComment?.comment?.id;
      if (typeof id === 'string') this.#note(postId, id);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
      this.#wrong(this.failures, began, `${String(error)}${cause}`);
    }
  }

  #wrong(list: string[], began: number, what: string): void {
    list.push(what);
    this.#tell(`after ${String(Math.round(performance.now() - began))} ms: ${what.slice(0, 400)}`);
  }
}

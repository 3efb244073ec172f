import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Person, RawAnswer } from '@plaza/testing/people';
import { nth } from '../live/many.js';
import { AtARate } from './at-a-rate.js';
import { commentIn } from './deeds.js';

const COMMENT =
  'mutation ($input: AddCommentInput!) { addComment(input: $input) { ... on AddCommentOk { comment { id } } ... on UserError { message } } }';
const POST = 'query ($id: ID!) { node(id: $id) { ... on Post { text author { handle } commentCount } } }';
const HOME = '{ me { homeFeed(first: 10) { edges { node { ... on Post { text author { handle } likeCount } } } } } }';
const SUGGESTED = '{ me { suggestedUsers(first: 5) { user { handle } } } }';

const AGAIN_MS = 50;
/** Who ask at a time while it is measured how much is taken: more than that only wait for each other. */
const ASKERS = 16;

/** People who read and write at a rate, whatever the answers take; nothing is asked twice. */
export class Traffic {
  readonly #people: readonly Person[];
  readonly #posts: readonly string[];
  readonly #said = new Map<string, string[]>();
  readonly #asking = new AtARate((n) => this.#one(n));
  requests = 0;
  /** Without an answer, or with another status than 200. */
  readonly failures: string[] = [];
  /** Answers with errors. */
  readonly wrong: string[] = [];

  readonly #tell: (line: string) => void;

  /** @param tell takes a line for each request that went wrong, as it does */
  constructor(people: readonly Person[], posts: readonly string[], tell: (line: string) => void = () => undefined) {
    this.#tell = tell;
    this.#people = people;
    this.#posts = posts;
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
    for (const idempotencyKey = randomUUID(); ; await pause(AGAIN_MS)) {
      const answer = await person.graphql(COMMENT, { input: { idempotencyKey, postId, text: 'still here' } });
      const id = commentIn(answer);
      if (id !== undefined) {
        this.#note(postId, id);
        return id;
      }
      if (!answer.body.includes('"UNAVAILABLE"')) throw new Error(answer.body);
    }
  }

  /** How many requests a second are taken when everybody asks again as soon as they are answered. Nothing of it is counted. */
  async most(forMs: number): Promise<number> {
    const began = performance.now();
    let answered = 0;
    const asking = Array.from({ length: ASKERS }, async (_none, asker) => {
      for (let n = asker; performance.now() < began + forMs; n += ASKERS + 1) {
        await this.#ask(n).catch(() => undefined);
        answered += 1;
      }
    });
    await Promise.all(asking);
    return (answered * 1_000) / (performance.now() - began);
  }

  /** Comments from now on are what everybody must hear. */
  count(): void {
    this.#said.clear();
  }

  /** @param rate requests a second */
  begin(rate: number): void {
    this.#asking.begin(rate);
  }

  /** Resolves when the last one was answered. */
  end(): Promise<void> {
    return this.#asking.end();
  }

  #note(postId: string, commentId: string): void {
    this.#said.set(postId, [...(this.#said.get(postId) ?? []), commentId]);
  }

  async #one(n: number): Promise<void> {
    this.requests += 1;
    const began = performance.now();
    try {
      const { status, json, body } = await this.#ask(n);
      if (status !== 200) this.#wrong(this.failures, began, `${String(status)} ${body}`);
      else if (json.errors !== undefined) this.#wrong(this.wrong, began, body);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
      this.#wrong(this.failures, began, `${String(error)}${cause}`);
    }
  }

  async #ask(n: number): Promise<RawAnswer> {
    const [person, postId] = [nth(this.#people, n), nth(this.#posts, n)];
    const query = nth([COMMENT, POST, HOME, SUGGESTED], n);
    const input = { idempotencyKey: randomUUID(), postId, text: `comment ${String(n)}` };
    const answer = await person.graphql(query, query === COMMENT ? { input } : query === POST ? { id: postId } : {});
    const id = commentIn(answer);
    if (id !== undefined) this.#note(postId, id);
    return answer;
  }

  #wrong(list: string[], began: number, what: string): void {
    list.push(what);
    this.#tell(`after ${String(Math.round(performance.now() - began))} ms: ${what.slice(0, 400)}`);
  }
}

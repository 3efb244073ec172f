import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Person, type RawAnswer, register } from '@plaza/testing/people';
import { trusted } from '../story/documents.js';

const LOOK_MS = 500;

/** What must not be seen, from a moment on: a word that stands in it and nowhere else. */
interface Secret {
  readonly what: string;
  readonly word: string;
  /** The post or the handle, as far as there is one. */
  readonly postId: string;
  readonly handle: string;
  readonly since: number;
}

/** Somebody who goes on looking, everywhere, for what is hidden from them. */
export class Lookout {
  readonly #url: string;
  readonly #stranger: Person;
  readonly #secrets: Secret[] = [];
  /** Where something was shown that was hidden. */
  readonly shown: string[] = [];
  looks = 0;
  #isOver = false;
  #looking: Promise<void> = Promise.resolve();

  private constructor(url: string, stranger: Person) {
    this.#url = url;
    this.#stranger = stranger;
  }

  /** With a post for followers, a post that was taken back, and somebody who blocks: all of them hidden before anything happens. */
  static async on(url: string): Promise<Lookout> {
    const lookout = new Lookout(url, await register(url, 'stranger'));
    await lookout.hide('a post for followers', async (author, word) => author.publishes(`only ${word}`, { audience: 'FOLLOWERS' }));
    await lookout.#hideAll('before');
    return lookout;
  }

  /** Hides as people do, now: a block, and a post that is taken back. What was seen until now may not be seen from the answer on. */
  async hideMore(): Promise<void> {
    await this.#hideAll('while it was away');
  }

  begin(): void {
    this.#looking = this.#look();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
  }

  async #hideAll(when: string): Promise<void> {
    await this.hide(`a blocker's post, ${when}`, async (author, word) => {
      await this.#stranger.follows(author);
      const postId = await author.publishes(`open ${word}`);
      await this.#stranger.reads(postId);
      await author.blocks(this.#stranger);
      return postId;
    });
    await this.hide(`a post taken back, ${when}`, async (author, word) => {
      await this.#stranger.follows(author);
      const postId = await author.publishes(`gone ${word}`);
      await this.#stranger.reads(postId);
      await author.deletes(postId);
      return postId;
    });
  }

  /** @param work makes and hides it; returns the post's id */
  async hide(what: string, work: (author: Person, word: string) => Promise<string>): Promise<void> {
    const word = `veiled${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const author = await register(this.#url, word.slice(0, 12));
    const postId = await work(author, word);
    // A blocker is hidden as a person too; others are not.
    this.#secrets.push({ what, word, postId, handle: what.includes('block') ? author.handle : '', since: performance.now() });
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      for (const secret of this.#secrets) await this.#lookFor(secret);
      await pause(LOOK_MS);
    }
  }

  async #lookFor({ what, word, postId, handle, since }: Secret): Promise<void> {
    if (performance.now() < since) return;
    const me = this.#stranger;
    const see = async (where: string, asking: Promise<RawAnswer>, sought: string): Promise<void> => {
      const answer = await asking.catch(() => undefined);
      this.looks += 1;
      if (answer?.body.includes(sought) === true) this.shown.push(`${what} was shown ${where}: ${answer.body.slice(0, 300)}`);
    };
    await see('by its id', me.graphql(trusted('PostThread').body, { id: postId }), word);
    await see('in the home feed', me.graphql(trusted('Home').body, { first: 50 }), word);
    await see('in search', me.graphql(trusted('Search').body, { query: word, first: 10 }), postId);
    if (handle === '') return;
    await see('as a profile', me.graphql(trusted('Profile').body, { handle }), handle);
    await see('among suggestions', me.graphql(trusted('Suggest').body, { prefix: handle.slice(0, 10) }), handle);
  }
}

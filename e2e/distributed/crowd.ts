import { randomUUID } from 'node:crypto';
import { type Person, register } from '@plaza/testing/people';
import { all, inTurns, nth } from '../live/many.js';
import { sendByTus, startUpload, sunset, watchMedia } from '../media/upload.js';
import { AtARate } from './at-a-rate.js';
import { commentIn, type DeedAnswer, DEEDS, type Square } from './deeds.js';
import type { Phase, Tally } from './tally.js';

const PEOPLE = 12;
const POSTS = 12;

/** People who follow each other, with posts, chats and a photo. */
export async function gather(url: string): Promise<Square> {
  const people = await all(PEOPLE, (n) => register(url, `loss_${String(n)}`));
  await inTurns(people, async (person, n) => {
    for (const step of [1, 2, 3]) await person.follows(nth(people, n + step));
  });
  const posts = await all(POSTS, (n) => nth(people, n).publishes(`a fine day, number ${String(n)}`));
  const conversations = await all(PEOPLE / 2, async (n) => {
    const members = [nth(people, 2 * n), nth(people, 2 * n + 1)];
    const input = { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [nth(members, 1).id] };
    return { id: (await nth(members, 0).does('StartConversation', input)).conversation.id as string, members };
  });
  return { people, posts, conversations, ...(await photoOf(nth(people, 0), url)) };
}

async function photoOf(person: Person, url: string): Promise<Pick<Square, 'pictured' | 'photo'>> {
  const bytes = sunset();
  const { media, uploadUrl } = await startUpload(person, bytes, 'sunset.jpg', 'image/jpeg');
  await sendByTus(person, uploadUrl, bytes, bytes.length);
  const [variant] = (await watchMedia(person, url, media.id)).at(-1)?.variants ?? [];
  if (variant === undefined) throw new Error('the photo was not made ready');
  const { post } = await person.does('Publish', { idempotencyKey: randomUUID(), text: 'the evening', media: [{ mediaId: media.id }] });
  return { pictured: post.id as string, photo: variant.url };
}

/** Does all deeds in turn at a rate, whatever the answers take; nothing is asked twice. */
export class Crowd {
  readonly #square: Square;
  readonly #tally: Tally;
  readonly #rate: number;
  readonly #doing = new AtARate((n) => this.#one(n));
  /** Those that were answered. */
  readonly comments: { readonly id: string; readonly postId: string }[] = [];
  phase: Phase = 'before';

  /** @param rate deeds a second */
  constructor(square: Square, tally: Tally, rate: number) {
    this.#square = square;
    this.#tally = tally;
    this.#rate = rate;
  }

  begin(): void {
    this.#doing.begin(this.#rate);
  }

  /** Resolves when the last one was answered. */
  end(): Promise<void> {
    return this.#doing.end();
  }

  async #one(n: number): Promise<void> {
    const deed = nth(DEEDS, n);
    const { phase } = this;
    const began = performance.now();
    const count = (answer: DeedAnswer | undefined, cause?: unknown): void =>
      this.#tally.count(deed, phase, performance.now() - began, answer, cause);
    try {
      const answer = await deed.run(this.#square);
      count(answer);
      const comment = commentIn(answer);
      if (comment !== undefined && answer.about !== undefined) this.comments.push({ id: comment, postId: answer.about });
    } catch (error) {
      count(undefined, error);
    }
  }
}

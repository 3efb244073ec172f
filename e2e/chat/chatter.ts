import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Person } from '@plaza/testing/people';
import { type CuttableClient, cuttableClient } from '../cuttable-client.js';

const INBOX = readFileSync(new URL('../../schema/operations/Inbox.graphql', import.meta.url), 'utf8');
/** So long somebody waits before they try again. */
const AGAIN_MS = 50;

/** A message that was acknowledged. */
export interface Said {
  readonly conversationId: string;
  readonly seq: number;
  readonly clientMessageId: string;
}

/**
 * Somebody who chats: sends until it is acknowledged, under one client message id each, and listens to their inbox, from the last cursor again
 * whenever the line is lost.
 */
export class Chatter {
  readonly person: Person;
  readonly said: Said[] = [];
  /** The numbers of the messages that came, in the order in which they came, by conversation. */
  readonly heard = new Map<string, number[]>();
  /** How long it took from being connected again to the first thing that came, where something had been missed. */
  readonly resumes: number[] = [];
  /** Whether something was acknowledged that has not come. */
  isBehind: () => boolean = () => false;
  /** Read up to there. */
  readonly read = new Map<string, number>();
  readonly #url: string;
  #cursor = '';
  #line: CuttableClient | null = null;
  #isOver = false;
  #listening: Promise<void> = Promise.resolve();

  constructor(url: string, person: Person) {
    this.#url = url;
    this.person = person;
  }

  async begin(): Promise<void> {
    this.#cursor = (await this.person.plays('Chats')).me.inboxCursor;
    this.#listening = this.#listen();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#line?.cut();
    await this.#listening;
  }

  /** Loses the line, and says whether there was one. */
  cut(): boolean {
    const line = this.#line;
    line?.cut();
    return line !== null;
  }

  async says(conversationId: string): Promise<void> {
    const input = { conversationId, clientMessageId: randomUUID(), text: `from ${this.person.handle}` };
    const { sendMessage } = await stubbornly(async () => this.person.plays('Send', { input }));
    if (sendMessage?.message === undefined) throw new Error(`a message was refused: ${JSON.stringify(sendMessage)}`);
    this.said.push({ conversationId, clientMessageId: input.clientMessageId, seq: sendMessage.message.seq });
  }

  /** Reads up to what came last. */
  async reads(conversationId: string): Promise<void> {
    const seq = this.heard.get(conversationId)?.at(-1);
    if (seq === undefined) return;
    await stubbornly(async () => this.person.plays('Read', { input: { conversationId, seq } }));
    this.read.set(conversationId, Math.max(seq, this.read.get(conversationId) ?? 0));
  }

  async #listen(): Promise<void> {
    for (let isFirst = true; !this.#isOver; isFirst = false) {
      await this.#once(isFirst);
      if (!this.#isOver) await pause(AGAIN_MS);
    }
  }

  /** One connection, until it is lost. */
  async #once(isFirst: boolean): Promise<void> {
    let since = performance.now();
    let isResumed = true;
    const line = cuttableClient(this.#url, this.person.tokens.accessToken);
    await new Promise<void>((resolve) => {
      line.client.on('connected', () => {
        this.#line = line;
        since = performance.now();
        isResumed = isFirst || !this.isBehind();
      });
      line.client.subscribe<{ readonly inbox: Answer }>(
        { query: INBOX, variables: { after: this.#cursor } },
        {
          next: ({ data, errors }) => {
            if (data == null || errors !== undefined) return line.cut();
            if (!isResumed) this.resumes.push(performance.now() - since);
            isResumed = true;
            this.#hears(data.inbox);
          },
          error: () => resolve(),
          complete: () => resolve(),
        },
      );
    });
    this.#line = null;
    await line.client.dispose();
  }

  #hears(event: Answer): void {
    this.#cursor = event.cursor;
    const { message } = event;
    if (message?.conversation === undefined) return;
    const numbers = this.heard.get(message.conversation.id) ?? [];
    numbers.push(message.seq);
    this.heard.set(message.conversation.id, numbers);
  }
}

/** As long as the line is cut, once more. */
export async function stubbornly(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries > 600) throw error;
      await pause(200);
    }
  }
}

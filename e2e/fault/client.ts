import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Person } from '@plaza/testing/people';
import type { History } from './history.js';

/** So long an answer may take: then it is unclear what came of it. */
const ANSWER_MS = 12_000;
/** After so long without a clear answer, something is wrong with Plaza. */
const PATIENCE_MS = 90_000;

/** What came of something in the end. */
export interface Reply {
  /** Null where it was refused, and nothing came of it. */
  readonly payload: Answer;
  readonly code: string | null;
  /** An answer before this one did not come: what is refused now may have been done then. */
  readonly wasUnclear: boolean;
}

const documents = new Map<string, string>();

function operation(name: string): string {
  let text = documents.get(name);
  if (text === undefined)
    documents.set(name, (text = readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')));
  return text;
}

type Clear = { readonly data: Answer } | { readonly mistake: string };

interface Unclear {
  readonly unclear: string;
  readonly isInternal: boolean;
}

/** @throws Error where it was asked what nobody knows */
function dataOf(name: string, answer: Clear): Answer {
  if ('mistake' in answer) throw new Error(`${name} is no question that Plaza knows: ${answer.mistake}`);
  return answer.data;
}

/** Asks at an address on behalf of people, as patient clients do. */
export class Client {
  readonly #url: string;
  readonly #history: History;
  /** Whether something is wrong with Plaza now, so that it may answer as it likes. */
  #isSick = false;

  constructor(url: string, history: History) {
    this.#url = url;
    this.#history = history;
  }

  /** Whether only things are away that nobody needs for what they ask for. */
  #mustAnswer = false;

  set mustAnswer(must: boolean) {
    this.#mustAnswer = must;
  }

  /** Nobody asks for anything any more. */
  #isOver = false;

  end(): void {
    this.#isOver = true;
  }

  set isSick(is: boolean) {
    this.#isSick = is;
  }

  /** A mutation of schema/operations, again under the same input until it is clear what came of it. */
  async does(person: Person, document: string, input: Readonly<Record<string, unknown>>): Promise<Reply> {
    const { data, wasUnclear } = await this.#insist(person, document, operation(document), { input });
    return this.#read(person, document, input, data, wasUnclear);
  }

  /** The same, asked only once. @returns null where it is unclear what came of it: then nobody asks again */
  async tries(person: Person, document: string, input: Readonly<Record<string, unknown>>): Promise<Reply | null> {
    const wasSick = this.#isSick;
    const answer = await this.#once(person, operation(document), { input });
    if ('unclear' in answer) {
      this.#noteUnclear(document, answer, wasSick);
      this.#history.note(`${person.handle} ${document} ${JSON.stringify(input)} → unclear, and goes away`);
      return null;
    }
    return this.#read(person, document, input, dataOf(document, answer), false);
  }

  #read(person: Person, document: string, input: Readonly<Record<string, unknown>>, data: Answer, wasUnclear: boolean): Reply {
    const [payload] = Object.values<Answer>(data);
    const code = typeof payload?.code === 'string' ? payload.code : payload == null || Object.keys(payload).length === 0 ? 'REFUSED' : null;
    this.#history.note(`${person.handle} ${document} ${JSON.stringify(input)} → ${code ?? 'done'}${wasUnclear ? ' (again)' : ''}`);
    return { payload: code === null ? payload : null, code, wasUnclear };
  }

  /** A query, by its text. */
  async asks(person: Person, text: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
    return (await this.#insist(person, 'query', text, variables)).data;
  }

  /** A query of schema/operations. */
  async plays(person: Person, document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.asks(person, operation(document), variables);
  }

  async #insist(
    person: Person,
    name: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly data: Answer; readonly wasUnclear: boolean }> {
    const until = Date.now() + PATIENCE_MS;
    for (let tries = 0; ; tries += 1) {
      if (this.#isOver) throw new Error('the trial is over');
      const wasSick = this.#isSick;
      const answer = await this.#once(person, query, variables);
      if (!('unclear' in answer)) return { data: dataOf(name, answer), wasUnclear: tries > 0 };
      this.#noteUnclear(name, answer, wasSick);
      if (Date.now() > until) throw new Error(`${name} of ${person.handle} has no clear answer: ${answer.unclear}`);
      await pause(Math.min(1_000, 50 * 2 ** tries));
    }
  }

  #noteUnclear(name: string, { unclear, isInternal }: Unclear, wasSick: boolean): void {
    this.#history.unclear += 1;
    if (isInternal && !wasSick && !this.#isSick) this.#history.violated(`${name} answered in health: ${unclear}`);
    if (this.#mustAnswer) this.#history.violated(`${name} was not answered though it needs nothing that is away: ${unclear}`);
  }

  async #once(person: Person, query: string, variables: Readonly<Record<string, unknown>>): Promise<Clear | Unclear> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${person.tokens.accessToken}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as { readonly data?: Answer; readonly errors?: readonly Answer[] };
      if (errors === undefined && data != null) return { data };
      if (text.includes('"BAD_USER_INPUT"')) return { mistake: text };
      return { unclear: text.slice(0, 500), isInternal: text.includes('"INTERNAL"') };
    } catch (error) {
      return { unclear: String(error), isInternal: false };
    }
  }
}

import type { AdmittedRequest, Caller } from '../request.js';
import { type Asked, ThisTurn } from '../this-turn.js';

/** So much may two askers differ in the time that they have waited already, in milliseconds: nobody's answer is cut short for somebody else's sake. */
const AS_LONG_MS = 50;

/** Equal queries of one asker that are begun in one turn of the event loop have one answer, as equal reads have (subgraphs/same-turn.ts). */
export class EqualAnswers<T> {
  /** By person, guests as one. */
  readonly #turn = new ThisTurn<Begun<T>>();

  /** `begin` is called unless an equal query was begun in this turn. */
  ask(request: AdmittedRequest, begin: () => Promise<T>): Asked<T> {
    const begun = this.#turn.of(request.caller.identity?.userId ?? '');
    for (const one of begun) if (one.isFor(request)) return { answer: one.answer, isJoined: true };
    const answer = begin();
    begun.push(new Begun(request, answer));
    return { answer, isJoined: false };
  }
}

class Begun<T> {
  readonly answer: Promise<T>;
  readonly #request: AdmittedRequest;
  #variables: string | undefined;

  constructor(request: AdmittedRequest, answer: Promise<T>) {
    this.#request = request;
    this.answer = answer;
  }

  isFor(other: AdmittedRequest): boolean {
    const { prepared, epoch, caller, waitedMs = 0 } = this.#request;
    return (
      prepared === other.prepared &&
      epoch === other.epoch &&
      isSameAsker(caller, other.caller) &&
      Math.abs(waitedMs - (other.waitedMs ?? 0)) <= AS_LONG_MS &&
      JSON.stringify(other.variables) === (this.#variables ??= JSON.stringify(this.#request.variables))
    );
  }
}

/** Of what is said of a caller, the answer to a query depends on no more. */
function isSameAsker(one: Caller, other: Caller): boolean {
  return (
    one.identity?.userId === other.identity?.userId &&
    one.identity?.sessionId === other.identity?.sessionId &&
    one.app?.clientId === other.app?.clientId &&
    areEqual(one.identity?.scopes, other.identity?.scopes) &&
    areEqual(one.app?.scopes, other.app?.scopes)
  );
}

const areEqual = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  one.length === other.length && one.every((scope, index) => scope === other[index]);

export interface TogetherOptions<Question, Answer> {
  /** Equal for questions with the same answer. */
  readonly keyOf: (question: Question) => string;
  /** Answers questions, each another one, in their order. What it answers several may be given. */
  readonly read: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Questions in one reading at most. Default 200. */
  readonly most?: number;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly answer: Promise<Answer>;
  readonly settle: { readonly answered: (answer: Answer) => void; readonly failed: (error: unknown) => void };
}

const MOST = 200;
/** Readings under way: what comes meanwhile waits together for the next one, so a database that is slow is asked less often, not more. */
const AT_ONCE = 2;

/**
 * Reads for all who ask at the same moment, whoever they are, at once, and the same thing once. It stands below the loaders of a request, which
 * know only their own: a thousand who are told of one thing at the same moment are a few statements.
 *
 * It decides nothing: what is a person's own has the person in its question. Like a block's epoch (docs/adr/0012), a question is answered by
 * a reading that is sent after it was asked; never by one under way, which may have read before what the asker relies on was written, nor by
 * anything remembered. A reading that fails fails for those who asked, and for nobody else.
 */
export class TogetherReader<Question, Answer> {
  readonly #options: TogetherOptions<Question, Answer>;
  #waiting = new Map<string, Waiting<Question, Answer>>();
  #underWay = 0;
  #isDue = false;

  constructor(options: TogetherOptions<Question, Answer>) {
    this.#options = options;
  }

  /** What the reading says of it. @throws what the reading throws */
  ask(question: Question): Promise<Answer> {
    const key = this.#options.keyOf(question);
    const known = this.#waiting.get(key);
    if (known !== undefined) return known.answer;
    const asked = waitingFor<Question, Answer>(question);
    this.#waiting.set(key, asked);
    this.#soon();
    return asked.answer;
  }

  /** {@link ask} of several, in their order. */
  askAll(questions: readonly Question[]): Promise<readonly Answer[]> {
    return Promise.all(questions.map((question) => this.ask(question)));
  }

  /** At the end of this turn of the event loop: whoever asks in it comes along. */
  #soon(): void {
    if (this.#isDue || this.#underWay >= AT_ONCE) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      while (this.#waiting.size > 0 && this.#underWay < AT_ONCE) void this.#read(this.#taken());
    });
  }

  #taken(): readonly Waiting<Question, Answer>[] {
    const { most = MOST } = this.#options;
    const all = [...this.#waiting];
    this.#waiting = new Map(all.slice(most));
    return all.slice(0, most).map(([, waiting]) => waiting);
  }

  async #read(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    this.#underWay += 1;
    try {
      const answers = await this.#options.read(batch.map(({ question }) => question));
      if (answers.length !== batch.length) throw new Error(`${batch.length} questions were given ${answers.length} answers`);
      for (const [index, answer] of answers.entries()) batch[index]?.settle.answered(answer);
    } catch (error) {
      for (const { settle } of batch) settle.failed(error);
    }
    this.#underWay -= 1;
    if (this.#waiting.size > 0) this.#soon();
  }
}

function waitingFor<Question, Answer>(question: Question): Waiting<Question, Answer> {
  let answered: (answer: Answer) => void = () => {};
  let failed: (error: unknown) => void = () => {};
  const answer = new Promise<Answer>((resolve, reject) => {
    answered = resolve;
    failed = reject;
  });
  return { question, answer, settle: { answered, failed } };
}

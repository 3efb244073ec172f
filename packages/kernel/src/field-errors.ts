/** One broken rule of an input; `path` is the field within `input`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Collects broken rules: `check.that(text.length > 0, 'text', 'Write something.')`. At most 20 are kept. */
export class FieldErrors {
  readonly #errors: FieldError[] = [];

  that(holds: boolean, path: string, message: string): void {
    if (!holds && this.#errors.length < 20) this.#errors.push({ path, message });
  }

  get list(): readonly FieldError[] {
    return this.#errors;
  }

  get any(): boolean {
    return this.#errors.length > 0;
  }
}

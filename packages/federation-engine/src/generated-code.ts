let isAllowed: boolean | undefined;

/** Whether code may be made from text here: Node may have been told that it may not. What is made so has another way. */
export function mayGenerate(): boolean {
  isAllowed ??= tried();
  return isAllowed;
}

function tried(): boolean {
  try {
    return new Function('return true')() === true; // oxlint-disable-line no-new-func, typescript/no-implied-eval -- the question itself
  } catch {
    return false;
  }
}

/** A text as it stands in code. */
export const quoted = (text: string): string => JSON.stringify(text);

/** Code that reads a key of an object: a field may be called `constructor`, and every object answers to that. `own` is what the code knows {@link own} as. */
export const reading = (object: string, key: string, own: string): string =>
  key in Object.prototype ? `${own}(${object},${quoted(key)})` : `${object}[${quoted(key)}]`;

import type { JsonObject } from '../json.js';

/** Equal for equal representations. The length of a text keeps it apart from what follows. */
export function identityOf(made: JsonObject): string {
  let text = '';
  for (const key in made) {
    const value = made[key];
    text += typeof value === 'string' ? `${key}"${value.length}"${value}` : `${key}:${JSON.stringify(value) ?? ''};`;
  }
  return text;
}

import type { JsonObject } from '../json.js';

/** Equal for equal representations. The length of a text keeps it apart from what follows. */
export function identityOf(made: JsonObject): string {
  let text = '';
  for (const key in made) {
    const value = made[key];
    if (typeof value === 'string') text += `${key}"${value.length}"${value}`;
    else text += typeof value === 'object' ? `${key}:${JSON.stringify(value)};` : `${key}:${value};`;
  }
  return text;
}

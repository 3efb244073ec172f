import { type Breach, isForbiddenName } from './document-limits.js';
import type { VariableLimits } from './limits.js';

/** Measures the variables of a request without writing them out. @returns null when they keep the limits */
export function variablesBreach(variables: Readonly<Record<string, unknown>>, limits: VariableLimits): Breach | null {
  let bytes = 0;
  let breach: Breach | null = null;

  function measure(value: unknown, depth: number): void {
    if (breach !== null) return;
    if (typeof value === 'string') bytes += Buffer.byteLength(value) + 2;
    else if (typeof value !== 'object' || value === null) bytes += 5;
    else if (depth >= limits.depth)
      breach = { code: 'COST_EXCEEDED', message: `The variables are nested more than ${limits.depth} levels.` };
    else if (Array.isArray(value)) for (const item of value) measure(item, depth + 1);
    else measureObject(value, depth);
    if (bytes > limits.bytes) breach = { code: 'COST_EXCEEDED', message: `The variables are larger than ${limits.bytes} bytes.` };
  }

  function measureObject(object: object, depth: number): void {
    for (const [name, value] of Object.entries(object)) {
      if (isForbiddenName(name)) breach = { code: 'BAD_USER_INPUT', message: `"${name}" cannot be a name here.` };
      bytes += name.length + 4;
      measure(value, depth + 1);
    }
  }

  measure(variables, 0);
  return breach;
}

import { mayGenerate, quoted, reading } from '../generated-code.js';
import { type Json, own } from '../json.js';
import type { Batch } from './batch.js';
import { type Steps, visitTargets } from './targets.js';

/**
 * Adds the objects at some paths to a batch, by the number of the path.
 * @param isShared whether objects stand at several places by now: what is below a list is looked at once then
 */
export type Walk = (root: Json, batch: Batch, isShared: boolean) => void;

export const plainWalk =
  (paths: readonly Steps[]): Walk =>
  (root, batch) => {
    for (const [way, steps] of paths.entries()) visitTargets(root, steps, (target) => batch.add(target, way));
  };

interface Tools {
  readonly own: typeof own;
  readonly within: (list: Json, batch: Batch, way: number) => void;
}

const TOOLS: Tools = { own, within: (list, batch, way) => visitTargets(list, [], (target) => batch.add(target, way)) };

/** The same as loops within loops; undefined where code may not be made from text. */
export function writtenWalk(paths: readonly Steps[]): Walk | undefined {
  if (!mayGenerate()) return undefined;
  const body = paths.map((steps, way) => new Loops(way).code(steps)).join('');
  return new Function('t', `"use strict";return function walk(r,b,h){${body}};`)(TOOLS) as Walk; // oxlint-disable-line no-new-func, typescript/no-implied-eval -- asked for above; names enter as JSON strings only
}

const isObject = (value: string): string => `typeof ${value}==='object'&&${value}!==null&&!Array.isArray(${value})`;

/** Writes the loops of one path. */
class Loops {
  readonly #way: number;
  readonly #seen: string[] = [];
  #count = 0;

  constructor(way: number) {
    this.#way = way;
  }

  code(steps: Steps): string {
    const loops = this.#at(steps, 0, 'r', false);
    return `{${this.#seen.map((seen) => `const ${seen}=h?new Set():null;`).join('')}${loops}}`;
  }

  /** @param isWithin whether this is done for each element of a list */
  #at(steps: Steps, index: number, value: string, isWithin: boolean): string {
    const step = steps[index];
    this.#count += 1;
    const next = `v${this.#count}`;
    switch (step?.kind) {
      case undefined:
        return `if(${isObject(value)})b.add(${value},${this.#way});else if(Array.isArray(${value}))t.within(${value},b,${this.#way});`;
      case 'field':
        return `if(${isObject(value)}){const ${next}=${reading(value, step.key, 't.own')};${this.#at(steps, index + 1, next, isWithin)}}`;
      case 'type': {
        const name = `${value}.__typename`;
        const names = [...step.names].map((known) => `${name}===${quoted(known)}`).join('||');
        return `if(${isObject(value)}&&(typeof ${name}!=='string'||${names})){${this.#at(steps, index + 1, value, isWithin)}}`;
      }
      case 'list': {
        const at = `i${this.#count}`;
        const loop = `for(let ${at}=0;${at}<${value}.length;${at}++){const ${next}=${value}[${at}];${this.#at(steps, index + 1, next, true)}}`;
        if (!isWithin) return `if(Array.isArray(${value})){${loop}}`;
        const seen = `s${this.#seen.length}`;
        this.#seen.push(seen);
        return `if(Array.isArray(${value})&&(${seen}===null||!${seen}.has(${value}))){if(${seen}!==null)${seen}.add(${value});${loop}}`;
      }
    }
  }
}

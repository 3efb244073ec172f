import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { mayGenerate, quoted, reading } from '../generated-code.js';
import { type Json, type JsonObject, own } from '../json.js';
import { identityOf } from './identity.js';
import type { TypeConditions } from './type-condition.js';

/** The representation of objects of one type that are told apart by leaves alone. */
export interface LeafRepresentation {
  /** As {@link identityOf} has it for what `make` makes; undefined when a part is not known. */
  readonly identity: (source: JsonObject) => string | undefined;
  /** For an object that has an identity. */
  readonly make: (source: JsonObject) => JsonObject;
  /**
   * One of the leaves, to look for equal ones by: the last, which is nearly always the key. Undefined when one of them is not known, or is more than
   * a value.
   */
  readonly last: (source: JsonObject) => Json;
  /** Whether the other leaves are as in what `make` made of an object of the same type. */
  readonly isSame: (made: JsonObject, source: JsonObject) => boolean;
}

/** Names come from subgraphs. */
const MAX_TYPES = 1_000;

/**
 * What one fetch requires, for objects whose requirement is one selection of leaves: nearly all. Code is written for each type when an object of
 * it is first met: who a duplicate is costs two readings then, and no object is made for it.
 */
export class LeafRepresentations {
  readonly #selections: readonly QueryPlanSelectionNode[];
  readonly #types: TypeConditions;
  readonly #known = new Map<string, LeafRepresentation | null>();

  private constructor(selections: readonly QueryPlanSelectionNode[], types: TypeConditions) {
    this.#selections = selections;
    this.#types = types;
  }

  /** Undefined where code may not be made from text. */
  static of(selections: readonly QueryPlanSelectionNode[], types: TypeConditions): LeafRepresentations | undefined {
    return mayGenerate() ? new LeafRepresentations(selections, types) : undefined;
  }

  /** Null for an object that has to be looked at part by part. */
  for(source: JsonObject): LeafRepresentation | null {
    const name = source['__typename'];
    if (typeof name !== 'string') return null;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#make(source);
    if (this.#known.size < MAX_TYPES) this.#known.set(name, made);
    return made;
  }

  #make(source: JsonObject): LeafRepresentation | null {
    const holding = this.#selections.filter(
      (selection) =>
        selection.kind === 'Field' || (selection.typeCondition !== undefined && this.#types.holds(source, selection.typeCondition)),
    );
    const [only] = holding;
    if (only === undefined || holding.length > 1 || only.kind === 'Field') return null;
    const keys: string[] = [];
    for (const selection of only.selections) {
      if (selection.kind !== 'Field' || selection.selections !== undefined) return null;
      keys.push(selection.alias ?? selection.name);
    }
    if (!keys.includes('__typename') || keys.includes('__proto__') || new Set(keys).size < keys.length) return null;
    return written(keys);
  }
}

interface Tools {
  readonly own: typeof own;
  readonly identityOf: typeof identityOf;
}

function written(keys: readonly string[]): LeafRepresentation {
  const read = keys.map((key, index) => `const v${index}=${reading('o', key, 't.own')};if(v${index}===undefined)return undefined;`);
  const parts = keys.map((key, index) => `${quoted(`${key}"`)}+v${index}.length+'"'+v${index}`);
  const areTexts = keys.map((_, index) => `typeof v${index}==='string'`);
  const made = `{${keys.map((key, index) => `${quoted(key)}:v${index}`).join(',')}}`;
  const copied = `{${keys.map((key) => `${quoted(key)}:${reading('o', key, 't.own')}`).join(',')}}`;
  const leaves = keys.flatMap((key, index) => (key === '__typename' ? [] : [{ key, value: `v${index}`, read: read[index] ?? '' }]));
  const values = leaves.map((leaf) => `${leaf.read}if(typeof ${leaf.value}==='object'&&${leaf.value}!==null)return undefined;`);
  const others = leaves.slice(0, -1).map(({ key }) => `${reading('m', key, 't.own')}===${reading('o', key, 't.own')}`);
  const source = `"use strict";return{
    identity(o){${read.join('')}return ${areTexts.join('&&')}?${parts.join('+')}:t.identityOf(${made})},
    make(o){return ${copied}},
    last(o){${values.join('')}return ${leaves.at(-1)?.value ?? 'undefined'}},
    isSame(m,o){return ${others.join('&&') || 'true'}}
  };`;
  const make = new Function('t', source) as (tools: Tools) => LeafRepresentation; // oxlint-disable-line no-new-func, typescript/no-implied-eval -- asked for by whoever calls; names enter as JSON strings only
  return make({ own, identityOf });
}

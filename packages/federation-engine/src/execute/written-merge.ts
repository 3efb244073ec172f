import { Kind, parse, type SelectionSetNode } from 'graphql';
import { mayGenerate, quoted, reading } from '../generated-code.js';
import { copy, type Json, type JsonObject, own } from '../json.js';
import { mergeField } from './merge.js';
import type { TypeConditions } from './type-condition.js';

/**
 * Lays an entity over a target, field by field of those that a fetch asks for.
 * @param isOwner whether the target may have what is below the entity itself, else it gets a copy
 */
export type WrittenMerge = (target: JsonObject, entity: JsonObject, isOwner: boolean) => void;

interface Tools {
  readonly own: typeof own;
  readonly copy: typeof copy;
  readonly put: (target: JsonObject, key: string, value: Json) => void;
  readonly isObjectType: (name: unknown) => boolean;
}

/** Written for the entities of one fetch, by its text: as `merge` does it. Undefined where code may not be made from text. */
export function writtenMerge(operation: string, types: TypeConditions): WrittenMerge | undefined {
  if (!mayGenerate()) return undefined;
  const tools: Tools = {
    own,
    copy,
    put: (target, key, value) => mergeField(target, key, value, types),
    isObjectType: (name) => types.isObjectType(name),
  };
  const body = entityKeys(operation).map(field).join('');
  return new Function('t', `"use strict";return function merge(o,e,w){let v,n;${body}};`)(tools) as WrittenMerge; // oxlint-disable-line no-new-func, typescript/no-implied-eval -- asked for above; names enter as JSON strings only
}

function field(key: string): string {
  const name = quoted(key);
  const value = `v=${reading('e', key, 't.own')};`;
  const known = `n=${reading('o', key, 't.own')};`;
  if (key === '__typename') {
    return `${value}if(v!==undefined){${known}if(typeof v!=='string')t.put(o,${name},w?v:t.copy(v));else if(n===undefined||n===null||n!==v&&t.isObjectType(v))o[${name}]=v}`;
  }
  return `${value}if(v!==undefined){if(typeof v!=='object'||v===null)o[${name}]=v;else{if(!w)v=t.copy(v);${known}if(n===undefined||n===null)o[${name}]=v;else t.put(o,${name},v)}}`;
}

/** The keys that entities may have, of whatever type they are. */
function entityKeys(operation: string): readonly string[] {
  const { definitions } = parse(operation, { noLocation: true });
  const fragments = new Map(definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])));
  const keys = new Set<string>();
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const root of node.selectionSet.selections)
      if (root.kind === Kind.FIELD && root.selectionSet !== undefined) add(root.selectionSet);
  }
  keys.delete('__proto__');
  return [...keys];

  function add({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) keys.add((selection.alias ?? selection.name).value);
      else {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet;
        if (inner !== undefined) add(inner);
      }
    }
  }
}

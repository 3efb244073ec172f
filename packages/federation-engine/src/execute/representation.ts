import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isObject, type Json, type JsonObject, own } from '../json.js';
import { merge } from './merge.js';
import type { TypeConditions } from './type-condition.js';

/**
 * What a subgraph needs to know of an entity, or null when a part of it is not known. A selection that the plan makes conditional on a type
 * counts for objects of that type.
 * @param isPartial leaves out what is not known
 */
export function representation(
  source: JsonObject,
  selections: readonly QueryPlanSelectionNode[],
  types: TypeConditions,
  isPartial = false,
): JsonObject | null {
  let made: JsonObject = {};
  let isEmpty = true;
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const key = selection.alias ?? selection.name;
      const value = own(source, key);
      if (value === undefined) {
        if (isPartial) continue;
        return null;
      }
      made[key] = selection.selections === undefined ? value : within(value, selection.selections, types, isPartial);
      isEmpty = false;
    } else if (selection.typeCondition !== undefined && types.holds(source, selection.typeCondition)) {
      const part = representation(source, selection.selections, types, isPartial);
      if (part === null) continue;
      // Nearly always there is one part: it is new, nothing has to be copied.
      if (isEmpty) made = part;
      else merge(made, part, types);
      isEmpty = false;
    }
  }
  return made;
}

function within(value: Json, selections: readonly QueryPlanSelectionNode[], types: TypeConditions, isPartial: boolean): Json {
  if (Array.isArray(value)) return value.map((element) => within(element, selections, types, isPartial));
  return isObject(value) ? representation(value, selections, types, isPartial) : null;
}

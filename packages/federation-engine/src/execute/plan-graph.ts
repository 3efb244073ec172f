import type { JsonObject } from '../json.js';
import type { TypeConditions } from './type-condition.js';

/** What running a plan has to know of the graph. */
export interface PlanGraph {
  readonly types: TypeConditions;
  /** Whether a representation holds a whole key that the subgraph finds it by. */
  hasKey(subgraph: string, representation: JsonObject): boolean;
  /** Tells whether enough is known of an object of the type to ask for the field (`@requires`); undefined for a field that needs nothing. */
  needs(type: string, field: string): ((known: JsonObject) => boolean) | undefined;
}

import type { JsonObject } from '../json.js';
import type { TypeConditions } from './type-condition.js';

/** What running a plan has to know of the graph. */
export interface PlanGraph {
  readonly types: TypeConditions;
  /** Whether a representation holds a whole key that the subgraph finds it by. */
  hasKey(subgraph: string, representation: JsonObject): boolean;
}

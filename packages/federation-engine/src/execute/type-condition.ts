import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { type JsonObject, own } from '../json.js';

/** Which objects a type condition of the plan holds for; answers are kept, a graph has few types. */
export class TypeConditions {
  readonly #schema: GraphQLSchema;
  /** By condition, then by name. */
  readonly #known = new Map<string, Map<string, boolean>>();

  /** @param schema the whole supergraph's, with what is inaccessible to clients */
  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @param unnamed the answer for an object whose `__typename` is not known */
  holds(object: JsonObject, condition: string, unnamed = false): boolean {
    const name = own(object, '__typename');
    if (typeof name !== 'string' || name === '') return unnamed;
    return name === condition || this.#includes(condition, name);
  }

  /** Whether the name is that of a type whose objects have no other. */
  isObjectType(name: unknown): boolean {
    return typeof name === 'string' && isObjectType(this.#schema.getType(name));
  }

  #includes(condition: string, name: string): boolean {
    const answers = this.#known.get(condition);
    const known = answers?.get(name);
    if (known !== undefined) return known;
    const [outer, inner] = [this.#schema.getType(condition), this.#schema.getType(name)];
    const answer =
      outer !== undefined &&
      inner !== undefined &&
      isAbstractType(outer) &&
      (isObjectType(inner) || isInterfaceType(inner)) &&
      this.#schema.isSubType(outer, inner);
    // Names come from subgraphs: only those of the graph are kept.
    if (inner !== undefined) this.#known.set(condition, (answers ?? new Map<string, boolean>()).set(name, answer));
    return answer;
  }
}

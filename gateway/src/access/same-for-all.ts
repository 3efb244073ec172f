import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { appliedDirectives } from '../applied-directives.js';

/** What the schema's marks are called: `@tag(name: "everybody")`. */
const EVERYBODY = 'everybody';

/** Which fields are the same whoever asks for them: those that the schema marks, themselves or by their type, and no other. */
export class SameForAll {
  readonly #schema: GraphQLSchema;
  readonly #marked: ReadonlySet<string>;

  constructor(supergraph: DocumentNode, schema: GraphQLSchema) {
    this.#schema = schema;
    this.#marked = new Set(
      [...appliedDirectives(supergraph)]
        .filter(([, directives]) => directives.some(({ name, values }) => name === 'tag' && values['name'] === EVERYBODY))
        .map(([coordinate]) => coordinate),
    );
  }

  /** Whether everything that the operation selects is marked: then its answer may be shared. `document` is valid and within its limits. */
  covers(operation: OperationDefinitionNode, document: DocumentNode): boolean {
    const root = this.#schema.getRootType(operation.operation);
    if (root == null || this.#marked.size === 0) return false;
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    return this.#set(operation.selectionSet, root, fragments);
  }

  #set({ selections }: SelectionSetNode, parent: GraphQLNamedType, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
    return selections.every((node) => {
      if (node.kind === Kind.FIELD) {
        if (node.name.value === '__typename') return true;
        const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
        if (field === undefined || !this.#isMarked(parent, field.name)) return false;
        return node.selectionSet === undefined || this.#set(node.selectionSet, getNamedType(field.type), fragments);
      }
      const within = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      const type = within?.typeCondition === undefined ? parent : this.#schema.getType(within.typeCondition.name.value);
      return within !== undefined && type !== undefined && this.#set(within.selectionSet, type, fragments);
    });
  }

  #isMarked(parent: GraphQLNamedType, field: string): boolean {
    if (this.#marked.has(parent.name) || this.#marked.has(`${parent.name}.${field}`)) return true;
    return isInterfaceType(parent) && this.#schema.getPossibleTypes(parent).every((type) => this.#isMarked(type, field));
  }
}

import {
  assertValidSchema,
  type ASTNode,
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  validate,
  ValidationContext,
  type ValidationRule,
  type ValueNode,
} from 'graphql';

type Key = string | number | undefined;
type Hook = (node: ASTNode, key: Key, parent: unknown, path: readonly unknown[], ancestors: readonly unknown[]) => unknown;
interface Both {
  readonly enter?: Hook;
  readonly leave?: Hook;
}

/** What one rule does at nodes of one kind. */
interface Part {
  readonly rule: number;
  readonly visitor: ASTVisitor;
  readonly enter: Hook | undefined;
  readonly leave: Hook | undefined;
}

/** What stands below a node of a document that may be executed, in the order of its text. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  [Kind.DOCUMENT]: ['definitions'],
  [Kind.OPERATION_DEFINITION]: ['name', 'variableDefinitions', 'directives', 'selectionSet'],
  [Kind.FRAGMENT_DEFINITION]: ['name', 'typeCondition', 'directives', 'selectionSet'],
  [Kind.VARIABLE_DEFINITION]: ['variable', 'type', 'defaultValue', 'directives'],
  [Kind.VARIABLE]: ['name'],
  [Kind.SELECTION_SET]: ['selections'],
  [Kind.FIELD]: ['alias', 'name', 'arguments', 'directives', 'selectionSet'],
  [Kind.FRAGMENT_SPREAD]: ['name', 'directives'],
  [Kind.INLINE_FRAGMENT]: ['typeCondition', 'directives', 'selectionSet'],
  [Kind.ARGUMENT]: ['name', 'value'],
  [Kind.DIRECTIVE]: ['name', 'arguments'],
  [Kind.LIST]: ['values'],
  [Kind.OBJECT]: ['fields'],
  [Kind.OBJECT_FIELD]: ['name', 'value'],
  [Kind.NAMED_TYPE]: ['name'],
  [Kind.LIST_TYPE]: ['type'],
  [Kind.NON_NULL_TYPE]: ['type'],
};
const NOTHING: readonly string[] = [];
/** No rule asks where it stands. */
const PATH: readonly unknown[] = [];

/**
 * What is wrong with a document by these rules: what `validate` of graphql-js says, for less. That one makes a table of every rule for every kind of
 * node each time, asks all of them at each node, and walks as if nodes were to be replaced.
 * @returns at most `maxErrors`, and one more that says so where there are others
 */
export function documentErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  maxErrors: number,
): readonly GraphQLError[] {
  const mayBeExecuted = document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION);
  if (!mayBeExecuted) return validate(schema, document, rules, { maxErrors });
  assertValidSchema(schema);
  const errors: GraphQLError[] = [];
  const types = new TypeInfo(schema);
  const context = new Context(schema, document, types, (error) => {
    if (errors.length >= maxErrors) throw new GraphQLError('Too many validation errors, error limit reached. Validation aborted.');
    errors.push(error);
  });
  const visitors = rules.map((rule) => rule(context));
  try {
    new Walk(visitors, types).visit(document, undefined, undefined);
  } catch (error) {
    // What ends a walk, this or the context's own bound, is an error to be told.
    if (!(error instanceof GraphQLError)) throw error;
    errors.push(error);
  }
  return errors;
}

/** Looks for the variables that are used only where there are any: graphql-js walks through each definition once more for them. */
class Context extends ValidationContext {
  override getVariableUsages(node: OperationDefinitionNode | FragmentDefinitionNode): ReturnType<ValidationContext['getVariableUsages']> {
    return usesVariables(node) ? super.getVariableUsages(node) : [];
  }
}

type Selected = Pick<FieldNode, 'directives'> & Partial<Pick<FieldNode, 'selectionSet'>>;

const usesVariables = ({ directives, selectionSet }: Selected): boolean =>
  (directives ?? []).some(namesVariables) ||
  (selectionSet?.selections ?? []).some((node) => (node.kind === Kind.FIELD && namesVariables(node)) || usesVariables(node));

const namesVariables = ({ arguments: given = [] }: Pick<FieldNode, 'arguments'>): boolean => given.some(({ value }) => hasVariables(value));

function hasVariables(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariables);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariables(field.value));
}

class Walk {
  readonly #visitors: readonly ASTVisitor[];
  readonly #types: TypeInfo;
  readonly #parts = new Map<string, readonly Part[]>();
  /** For each rule the node below which it looks at nothing; `BREAK` where it is done. */
  readonly #passedOver: unknown[];
  readonly #ancestors: unknown[] = [];

  constructor(visitors: readonly ASTVisitor[], types: TypeInfo) {
    this.#visitors = visitors;
    this.#types = types;
    this.#passedOver = visitors.map(() => null);
  }

  visit(node: ASTNode, key: Key, parent: unknown): void {
    this.#types.enter(node);
    const parts = this.#partsOf(node.kind);
    const passedOver = this.#passedOver;
    for (const { rule, visitor, enter } of parts) {
      if (enter === undefined || passedOver[rule] !== null) continue;
      const result = enter.call(visitor, node, key, parent, PATH, this.#ancestors);
      if (result === false) passedOver[rule] = node;
      else if (result === BREAK) passedOver[rule] = BREAK;
    }
    this.#below(node, parent);
    for (const { rule, visitor, leave } of parts) {
      if (passedOver[rule] === node) passedOver[rule] = null;
      else if (leave !== undefined && passedOver[rule] === null) {
        if (leave.call(visitor, node, key, parent, PATH, this.#ancestors) === BREAK) passedOver[rule] = BREAK;
      }
    }
    this.#types.leave(node);
  }

  /** The parent of what is visited is told by itself: only those above it are ancestors. */
  #below(node: ASTNode, parent: unknown): void {
    const ancestors = this.#ancestors;
    if (parent !== undefined) ancestors.push(parent);
    const fields = node as unknown as Readonly<Record<string, ASTNode | readonly ASTNode[] | undefined>>; // what BELOW names
    for (const name of BELOW[node.kind] ?? NOTHING) {
      const child = fields[name];
      if (child === undefined) continue;
      if ('kind' in child) {
        this.visit(child, name, node);
        continue;
      }
      ancestors.push(node);
      for (let index = 0; index < child.length; index += 1) {
        const element = child[index];
        if (element !== undefined) this.visit(element, index, child);
      }
      ancestors.pop();
    }
    if (parent !== undefined) ancestors.pop();
  }

  #partsOf(kind: string): readonly Part[] {
    let known = this.#parts.get(kind);
    if (known === undefined) {
      known = this.#visitors.flatMap((visitor, rule) => partOf(visitor, rule, kind));
      this.#parts.set(kind, known);
    }
    return known;
  }
}

function partOf(visitor: ASTVisitor, rule: number, kind: string): readonly Part[] {
  // By kind, or `enter` and `leave` of all kinds.
  const own = (visitor as Readonly<Record<string, Hook | Both | undefined>>)[kind] ?? (visitor as Both);
  const { enter, leave } = typeof own === 'function' ? { enter: own, leave: undefined } : own;
  return enter === undefined && leave === undefined ? [] : [{ rule, visitor, enter, leave }];
}

import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { eachNode } from './each-node.js';
import type { DocumentLimits } from './limits.js';

/** Names that objects are born with: as the key of an answer or a variable they reach into what every object shares. */
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

export const isForbiddenName = (name: string): boolean => FORBIDDEN_NAMES.has(name);

/** Why a document is refused. */
export interface Breach {
  readonly code: 'COST_EXCEEDED' | 'BAD_USER_INPUT';
  readonly message: string;
}

/**
 * Measures a parsed document that nobody has validated yet, in time that grows with its text and not with what its fragments unfold to.
 * @returns null when it keeps every limit
 */
export function documentBreach(document: DocumentNode, limits: DocumentLimits): Breach | null {
  const written = countWritten(document);
  if (written.forbidden !== null) return { code: 'BAD_USER_INPUT', message: `"${written.forbidden}" cannot be a name here.` };
  const sizes = new Sizes(document);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const unfolded = operations.map((operation) => sizes.ofOperation(operation));
  const most = (measure: (size: Size) => number): number => Math.max(0, ...unfolded.map(measure));
  if (sizes.circular) return { code: 'BAD_USER_INPUT', message: 'A fragment contains itself.' };
  return (
    over('aliases', written.aliases, limits.aliases) ??
    over('directives', written.directives, limits.directives) ??
    over('repeats of one field', written.repeats, limits.repeats) ??
    over(
      'levels',
      most((size) => size.depth),
      limits.depth,
    ) ??
    over(
      'fields at its top',
      most((size) => size.top),
      limits.rootFields,
    ) ??
    over(
      'fields',
      most((size) => size.fields),
      limits.fields,
    ) ??
    over('conditions', written.conditions, limits.conditions)
  );
}

function over(what: string, found: number, limit: number): Breach | null {
  return found > limit ? { code: 'COST_EXCEEDED', message: `The operation is too large: more than ${limit} ${what}.` } : null;
}

interface Written {
  readonly aliases: number;
  readonly directives: number;
  readonly repeats: number;
  readonly conditions: number;
  readonly forbidden: string | null;
}

function countWritten(document: DocumentNode): Written {
  let [aliases, directives, repeats] = [0, 0, 0];
  let forbidden: string | null = null;
  const conditions = new Set<string>();
  eachNode(document, (node) => {
    if (node.kind === Kind.NAME && isForbiddenName(node.value)) forbidden = node.value;
    if (node.kind === Kind.FIELD && node.alias !== undefined) aliases += 1;
    if (node.kind === Kind.SELECTION_SET) repeats = Math.max(repeats, mostRepeated(node));
    if (node.kind === Kind.DIRECTIVE) {
      directives += 1;
      const variable = conditionOf(node);
      if (variable !== null) conditions.add(variable);
    }
  });
  return { aliases, directives, repeats, conditions: conditions.size, forbidden };
}

function conditionOf({ name, arguments: given = [] }: DirectiveNode): string | null {
  if (name.value !== 'skip' && name.value !== 'include') return null;
  const value = given.find((argument) => argument.name.value === 'if')?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : null;
}

function mostRepeated({ selections }: SelectionSetNode): number {
  const times = new Map<string, number>();
  let most = 0;
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) continue;
    const key = node.kind === Kind.FIELD ? (node.alias ?? node.name).value : `...${node.name.value}`;
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    most = Math.max(most, count);
  }
  return most;
}

interface Size {
  /** Fields, fragments unfolded. */
  readonly fields: number;
  readonly depth: number;
  /** Fields that stand at the top. */
  readonly top: number;
}

const NOTHING: Size = { fields: 0, depth: 0, top: 0 };

/** Each fragment is measured once, so that fragments of fragments cost nothing. */
class Sizes {
  /** Whether some fragment was found within itself. */
  circular = false;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, Size | 'open'>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  ofOperation({ selectionSet }: OperationDefinitionNode): Size {
    return this.#of(selectionSet);
  }

  #of({ selections }: SelectionSetNode): Size {
    let [fields, depth, top] = [0, 0, 0];
    for (const node of selections) {
      const within =
        node.kind === Kind.FRAGMENT_SPREAD
          ? this.#ofFragment(node.name.value)
          : node.selectionSet === undefined
            ? NOTHING
            : this.#of(node.selectionSet);
      const own = node.kind === Kind.FIELD ? 1 : 0;
      fields += own + within.fields;
      depth = Math.max(depth, own + within.depth);
      top += own === 1 ? 1 : within.top;
    }
    return { fields, depth, top };
  }

  #ofFragment(name: string): Size {
    const known = this.#known.get(name);
    if (known === 'open') this.circular = true;
    if (known !== undefined) return known === 'open' ? NOTHING : known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return NOTHING; // validation will say so
    this.#known.set(name, 'open');
    const size = this.#of(fragment.selectionSet);
    this.#known.set(name, size);
    return size;
  }
}

import { type DocumentNode, getNamedType, type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { type AppliedDirective, appliedDirectives } from '../applied-directives.js';

/** Who asks, as far as rights to fields go. Null: a guest. */
export type Access = {
  readonly scopes: readonly string[];
  /** An app in its own name: there is no person. */
  readonly isApp?: boolean;
} | null;

/** What a field wants besides a viewer: each member must hold. */
interface Requirement {
  /** One of the inner lists, whole. */
  readonly scopes: readonly (readonly string[])[];
  /** Names of policies, as scopes. No policy is known yet, so nobody passes. */
  readonly policies: readonly (readonly string[])[];
}

/** Why a field is not given. */
export type Denial = 'UNAUTHENTICATED' | 'INSUFFICIENT_SCOPE';

/** Who may have which field. */
export interface Rights {
  /** Why this asker may not have this field; null when they may. */
  denial(typeName: string, fieldName: string, access: Access): Denial | null;
  /** Equal for askers who may have the same fields: what is prepared for one serves the other. */
  audience(access: Access): string;
}

/**
 * What the supergraph's @authenticated, @requiresScopes and @policy ask for, by field. A type's requirement holds for every field of it and
 * for every field that returns it; a field reached through an interface wants what any object behind the interface wants for it.
 */
export class PolicyTable implements Rights {
  readonly #requirements: ReadonlyMap<string, readonly Requirement[]>;

  constructor(supergraph: DocumentNode, schema: GraphQLSchema) {
    const own = new Map(
      [...appliedDirectives(supergraph)].map(([coordinate, directives]) => [coordinate, requirementOf(directives)] as const),
    );
    const all = new Map<string, readonly Requirement[]>();
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      const behind = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
      for (const field of Object.values(type.getFields())) {
        const coordinates = [getNamedType(field.type).name, ...behind.flatMap(({ name }) => [name, `${name}.${field.name}`])];
        const found = coordinates.flatMap((coordinate) => own.get(coordinate) ?? []);
        if (found.length > 0) all.set(`${type.name}.${field.name}`, found);
      }
    }
    this.#requirements = all;
  }

  /** Whether anything is asked for at all, anywhere. */
  get isEmpty(): boolean {
    return this.#requirements.size === 0;
  }

  denial(typeName: string, fieldName: string, access: Access): Denial | null {
    const requirements = this.#requirements.get(`${typeName}.${fieldName}`);
    if (requirements === undefined) return null;
    if (access === null) return 'UNAUTHENTICATED';
    return requirements.every((requirement) => isMet(requirement, access)) ? null : 'INSUFFICIENT_SCOPE';
  }

  audience(access: Access): string {
    if (this.isEmpty) return 'everybody';
    return access === null ? 'guest' : `viewer ${access.scopes.toSorted().join(' ')}`;
  }
}

function isMet({ scopes, policies }: Requirement, access: NonNullable<Access>): boolean {
  const holds = (wanted: readonly (readonly string[])[], has: readonly string[]): boolean =>
    wanted.length === 0 || wanted.some((together) => together.every((name) => has.includes(name)));
  return holds(scopes, access.scopes) && holds(policies, []);
}

function requirementOf(directives: readonly AppliedDirective[]): Requirement | null {
  const names = (directive: string, argument: string): readonly (readonly string[])[] =>
    directives.filter(({ name }) => name === directive).flatMap(({ values }) => values[argument] as readonly (readonly string[])[]); // composition has checked the shape
  const scopes = names('requiresScopes', 'scopes');
  const policies = names('policy', 'policies');
  const isAsked = scopes.length > 0 || policies.length > 0 || directives.some(({ name }) => name === 'authenticated');
  return isAsked ? { scopes, policies } : null;
}

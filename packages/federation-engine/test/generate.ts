import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import type { Dice } from './random.js';

export interface Generated {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Names that other fields have, that objects of JavaScript have, and that the engine makes itself. */
const ALIASES = [
  'id',
  'ref',
  'name',
  'a',
  'b',
  'constructor',
  'toString',
  '__proto__',
  'A_a',
  '_x',
  'first',
  '__typename_',
  'name__alias_0',
];

/** Draws a valid operation: aliases that mislead, fragments, variables, conditions. */
export function generate(schema: GraphQLSchema, dice: Dice, kind: 'query' | 'mutation' = 'query'): Generated {
  for (;;) {
    const drawn = new Drawing(schema, dice).operation(kind);
    if (validate(schema, parse(drawn.text)).length === 0) return drawn;
  }
}

class Drawing {
  readonly #schema: GraphQLSchema;
  readonly #dice: Dice;
  readonly #fragments: string[] = [];
  readonly #variables = new Map<string, { readonly type: string; readonly value: unknown; readonly fallback: string | undefined }>();
  #budget = 40;

  constructor(schema: GraphQLSchema, dice: Dice) {
    this.#schema = schema;
    this.#dice = dice;
  }

  operation(kind: 'query' | 'mutation'): Generated {
    const root = kind === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType();
    const body = root == null ? '{__typename}' : this.#set(root, 4 + this.#dice.below(3), true);
    const defined = [...this.#variables].map(
      ([name, { type, fallback }]) => `$${name}:${type}${fallback === undefined ? '' : `=${fallback}`}`,
    );
    const head = `${kind} ${this.#dice.chance(0.5) ? 'Drawn' : defined.length > 0 ? 'D' : ''}${defined.length > 0 ? `(${defined.join(',')})` : ''}`;
    const variables = Object.fromEntries([...this.#variables].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])));
    return { text: [`${head} ${body}`, ...this.#fragments].join('\n'), variables };
  }

  #set(type: GraphQLCompositeType, depth: number, isRoot = false): string {
    const parts: string[] = [];
    const count = 1 + this.#dice.below(isRoot ? 3 : 4);
    for (let index = 0; index < count; index += 1) {
      const part = this.#selection(type, depth);
      if (part !== null) parts.push(part);
    }
    if (parts.length === 0) parts.push(this.#dice.chance(0.3) ? 't: __typename' : '__typename');
    return `{${parts.join(' ')}}`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string | null {
    if (this.#dice.chance(0.08)) return this.#dice.chance(0.3) ? 'kind: __typename' : '__typename';
    if (depth > 0 && this.#dice.chance(isAbstractType(type) ? 0.55 : 0.1)) return this.#fragment(type, depth);
    if (!isObjectType(type) && !isInterfaceType(type)) return null;
    const fields = Object.values(type.getFields()).filter(
      (field) => !isCompositeType(getNamedType(field.type)) || (depth > 0 && this.#budget > 0),
    );
    // What leads somewhere is worth more than another leaf.
    const deep = fields.filter((field) => isCompositeType(getNamedType(field.type)));
    const field = deep.length > 0 && this.#dice.chance(0.5) ? this.#dice.pick(deep) : this.#dice.pick(fields);
    return field === undefined ? null : this.#field(field, depth);
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    this.#budget -= 1;
    const alias = this.#dice.chance(0.25) ? `${this.#dice.pick(ALIASES) ?? 'a'}: ` : '';
    const args = field.args
      .filter(({ type, defaultValue }) => (isNonNullType(type) && defaultValue === undefined) || this.#dice.chance(0.6))
      .map(({ name, type }) => `${name}: ${this.#dice.chance(0.3) ? this.#variable(type) : this.#literal(type)}`);
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? this.#set(named, depth - 1) : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(',')})` : ''}${this.#condition()}${below}`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const possible = isAbstractType(type) ? [...this.#schema.getPossibleTypes(type)] : [type];
    const some = this.#dice.pick(possible) ?? type;
    const wider = isObjectType(some) ? some.getInterfaces() : [];
    const on = this.#dice.chance(0.2) ? (this.#dice.pick(wider) ?? some) : this.#dice.chance(0.15) ? type : some;
    const body = this.#set(on, depth - 1);
    if (this.#dice.chance(0.25)) {
      const name = `F${this.#fragments.length}`;
      this.#fragments.push(`fragment ${name} on ${on.name} ${body}`);
      return `...${name}${this.#condition()}`;
    }
    return `... ${on === type && this.#dice.chance(0.5) ? '' : `on ${on.name}`}${this.#condition()} ${body}`;
  }

  #condition(): string {
    if (!this.#dice.chance(0.07)) return '';
    const directive = this.#dice.chance(0.5) ? 'skip' : 'include';
    if (this.#dice.chance(0.3)) return ` @${directive}(if: ${this.#dice.chance(0.5)})`;
    const name = `c${this.#dice.below(3)}`;
    if (!this.#variables.has(name)) {
      const value = this.#dice.chance(0.5);
      const isDefault = this.#dice.chance(0.2);
      this.#variables.set(name, {
        type: isDefault ? 'Boolean' : 'Boolean!',
        value: isDefault ? undefined : value,
        fallback: isDefault ? String(value) : undefined,
      });
      if (isDefault) this.#variables.set(name, { type: 'Boolean!', value: undefined, fallback: String(value) });
    }
    return ` @${directive}(if: $${name})`;
  }

  #variable(type: GraphQLInputType): string {
    const name = `v${this.#variables.size}`;
    this.#variables.set(name, { type: String(type), value: this.#plain(type), fallback: undefined });
    return `$${name}`;
  }

  #plain(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) {
      let value: unknown = null;
      while (value === null) value = this.#plain(type.ofType);
      return value;
    }
    if (this.#dice.chance(0.1)) return null;
    if (isListType(type)) return [this.#plain(type.ofType)].filter((one) => one !== null);
    if (isEnumType(type)) return this.#dice.pick(type.getValues())?.name;
    if (isInputObjectType(type)) {
      return Object.fromEntries(
        Object.values(type.getFields()).flatMap((field) => (isNonNullType(field.type) ? [[field.name, this.#plain(field.type)]] : [])),
      );
    }
    switch (type.name) {
      case 'Int':
        return this.#dice.below(20);
      case 'Float':
        return this.#dice.below(20) / 2;
      case 'Boolean':
        return this.#dice.chance(0.5);
      default:
        return `t${this.#dice.below(5)}`;
    }
  }

  #literal(type: GraphQLInputType): string {
    return literalOf(this.#plain(type), type);
  }
}

function literalOf(value: unknown, type: GraphQLInputType): string {
  if (value === null || value === undefined) return 'null';
  if (isNonNullType(type)) return literalOf(value, type.ofType);
  if (Array.isArray(value)) return `[${value.map((one) => literalOf(one, isListType(type) ? type.ofType : type)).join(',')}]`;
  if (isEnumType(type) && typeof value === 'string') return value;
  if (isInputObjectType(type) && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, one]) => `${name}:${literalOf(one, type.getFields()[name]?.type ?? type)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

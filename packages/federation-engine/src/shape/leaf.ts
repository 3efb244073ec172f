import { type GraphQLNamedType, isEnumType, isLeafType, isSpecifiedScalarType } from 'graphql';
import type { Json } from '../json.js';

/** How the values of a leaf type look in JSON. */
export type LeafKind = 'string' | 'id' | 'int' | 'float' | 'boolean' | 'enum' | 'any';

export interface LeafCheck {
  readonly kind: LeafKind;
  /** Of an enum: the values that clients may see. */
  readonly values: ReadonlySet<string>;
}

const SCALARS: Readonly<Record<string, LeafKind>> = { String: 'string', ID: 'id', Int: 'int', Float: 'float', Boolean: 'boolean' };
const NONE: ReadonlySet<string> = new Set();

export function leafCheck(type: GraphQLNamedType): LeafCheck | undefined {
  if (!isLeafType(type)) return undefined;
  if (isEnumType(type)) return { kind: 'enum', values: new Set(type.getValues().map(({ name }) => name)) };
  return { kind: isSpecifiedScalarType(type) ? (SCALARS[type.name] ?? 'any') : 'any', values: NONE };
}

/** Whether a subgraph's value is one of the type. What a custom scalar is made of is known to nobody here. */
export function isValidLeaf({ kind, values }: LeafCheck, value: Json): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'id':
      return typeof value === 'string' || Number.isInteger(value);
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return typeof value === 'string' && values.has(value);
    case 'any':
      return true;
  }
}

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const WHOLE = /^-?(?:0|[1-9][0-9]{0,37})$/u;

/** Canonical decimal digits. @throws GraphQLError for anything else */
function digits(value: unknown): string {
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  const text = isNumber ? String(value) : value;
  if (typeof text !== 'string' || !WHOLE.test(text)) throw new GraphQLError('BigInt is a whole number in decimal digits, as a string.');
  return text;
}

/** Whole numbers of any size, as text both ways: JSON's numbers end at 2^53. A number that is safe is taken as well. */
export const BigIntText = new GraphQLScalarType<string, string>({
  name: 'BigInt',
  description: 'A whole number of any size, written as a string of decimal digits.',
  parseValue: digits,
  parseLiteral: (node) => digits(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
  serialize: digits,
});

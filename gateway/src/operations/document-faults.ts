import { documentErrors } from '@plaza/subgraph/document-errors';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  isLeafType,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
} from 'graphql';

/** More say nothing more, and a page of them is what an attacker wants. */
const MAX_ERRORS = 3;
/** Those of one rule are looked through for the ones that are passed over. */
const MAX_LOOKED_AT = 50;

const OTHER_RULES = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

/**
 * What is wrong with a document by the rules of the GraphQL specification; at most three errors. One thing passes that the specification refuses:
 * members of a union that have the same field with types of which one is a scalar or an enum, as `message` of SendMessageOk (an object) and of every
 * error (a text). No object is of both types, so every answer has one meaning; whoever plans such a document gives the second one another name
 * (rewrite.ts). `introspection`: whether clients may ask for the schema.
 */
export function documentFaults(
  schema: GraphQLSchema,
  document: DocumentNode,
  { introspection }: { readonly introspection: boolean },
): readonly GraphQLError[] {
  const rules = introspection ? OTHER_RULES : [...OTHER_RULES, NoSchemaIntrospectionCustomRule];
  const faults = documentErrors(schema, document, rules, MAX_ERRORS);
  if (faults.length > 0) return faults.slice(0, MAX_ERRORS);
  const overlaps = documentErrors(schema, document, [OverlappingFieldsCanBeMergedRule], MAX_LOOKED_AT);
  return overlaps.filter(({ message }) => !isHarmless(message, schema)).slice(0, MAX_ERRORS);
}

const REASON =
  /they return conflicting types "([^"]+)" and "([^"]+)"|they have differing arguments|"[^"]*" and "[^"]*" are different fields/gu;

/** Whether fields of different types are all that an overlap comes to, and one of each two is a leaf: those never belong to one object. */
function isHarmless(message: string, schema: GraphQLSchema): boolean {
  const reasons = [...message.matchAll(REASON)];
  return (
    reasons.length > 0 &&
    reasons.every(([, one, other]) => {
      if (one === undefined || other === undefined) return false;
      const [first, second] = [one, other].map((type) => schema.getType(type.replaceAll(/[[\]!]/gu, '')));
      return first !== second && [first, second].some((type) => isLeafType(type));
    })
  );
}

import { type GraphQLSchema, isScalarType } from 'graphql';

/** Lets DateTime leave the subgraph as text, as it does over HTTP, also where caller and subgraph share a process. */
export function withPlainTimes(schema: GraphQLSchema): GraphQLSchema {
  const type = schema.getType('DateTime');
  if (isScalarType(type)) {
    const serialize = type.serialize.bind(type);
    type.serialize = (value) => {
      const time: unknown = serialize(value);
      return time instanceof Date ? time.toISOString() : time;
    };
  }
  return schema;
}

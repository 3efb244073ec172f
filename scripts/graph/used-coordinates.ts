import {
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What of a schema a document relies on, as coordinates: `Post`, `Post.text`, `Query.node.id`, `PublishInput.text`, `Audience.PUBLIC`. */
export function usedCoordinates(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
  const used = new Set<string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      NamedType: ({ name }) => {
        used.add(name.value);
        for (const coordinate of given(schema, name.value, new Set())) used.add(coordinate);
      },
      Field: ({ name }) => {
        const parent = info.getParentType();
        const type = info.getType();
        if (parent == null) return;
        used.add(parent.name).add(`${parent.name}.${name.value}`);
        if (type == null) return;
        const named = getNamedType(type);
        used.add(named.name);
        // Whoever reads an enum must know each value that may come.
        if (isEnumType(named)) for (const value of named.getValues()) used.add(`${named.name}.${value.name}`);
      },
      Argument: ({ name }) => {
        const [parent, field] = [info.getParentType(), info.getFieldDef()];
        if (parent != null && field != null) used.add(`${parent.name}.${field.name}.${name.value}`);
      },
      ObjectField: ({ name }) => {
        const parent = info.getParentInputType();
        if (parent != null) used.add(`${getNamedType(parent).name}.${name.value}`);
      },
    }),
  );
  return used;
}

/** All that can be written in a variable of an input type. */
function given(schema: GraphQLSchema, name: string, seen: Set<string>): readonly string[] {
  const type = schema.getType(name);
  if (seen.has(name)) return [];
  seen.add(name);
  if (isEnumType(type)) return [name, ...type.getValues().map((value) => `${name}.${value.name}`)];
  if (!isInputObjectType(type)) return [];
  const fields = Object.values(type.getFields());
  return [name, ...fields.flatMap((field) => [`${name}.${field.name}`, ...given(schema, getNamedType(field.type).name, seen)])];
}

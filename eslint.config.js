import graphql from '@graphql-eslint/eslint-plugin';

const pascal = 'PascalCase';
const parser = graphql.parser;
const plugins = { '@graphql-eslint': graphql };

/** GraphQL only: TypeScript is oxlint's. What stands between subgraphs is checked by scripts/graph/rules.ts. */
export default [
  { ignores: ['**/*.ts', '**/*.js', '**/*.mjs', 'schema/supergraph.graphql', 'schema/api.graphql', 'schema/public.graphql'] },
  {
    files: ['schema/shared.graphql', 'subgraphs/**/*.graphql'],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: 'schema/api.graphql' } } },
    plugins,
    rules: {
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: pascal,
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
          'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['get', 'query'] },
          'FieldDefinition[parent.name.value=Mutation]': { forbiddenSuffixes: ['Mutation'] },
        },
      ],
      '@graphql-eslint/no-typename-prefix': 'error',
      '@graphql-eslint/require-deprecation-reason': 'error',
      '@graphql-eslint/unique-enum-value-names': 'error',
    },
  },
  {
    files: ['schema/operations/*.graphql', 'examples/*/src/operations/*.graphql'],
    languageOptions: {
      parser,
      parserOptions: {
        graphQLConfig: { schema: 'schema/api.graphql', documents: ['schema/operations/*.graphql', 'examples/*/src/operations/*.graphql'] },
      },
    },
    plugins,
    rules: {
      '@graphql-eslint/naming-convention': [
        'error',
        { OperationDefinition: pascal, FragmentDefinition: pascal, VariableDefinition: 'camelCase' },
      ],
      '@graphql-eslint/no-anonymous-operations': 'error',
      '@graphql-eslint/no-deprecated': 'error',
      '@graphql-eslint/unique-operation-name': 'error',
    },
  },
];

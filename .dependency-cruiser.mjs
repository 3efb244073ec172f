/** Who may import whom: resolvers → services and loaders → policy, store, events → packages → kernel. Each rule names the room it guards. */
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const role = (suffix) => `^subgraphs/[^/]+/src/.+\\.${suffix}\\.ts$`;
const resolvers = '^subgraphs/[^/]+/src/modules/[^/]+/resolvers/';
const prismaClient = ['^prisma/generated/', '^node_modules/@prisma/', '^node_modules/pg/'];
const tests = '(\\.(test|e2e|bench)\\.ts$|^(subgraphs/[^/]+|gateway)/test/)';

export default {
  forbidden: [
    forbid(
      'no-circular',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'Data flows one way. Types may look at each other.',
    ),
    forbid(
      'subgraph-islands',
      { path: '^subgraphs/([^/]+)/' },
      { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
      'Subgraphs meet in the schema, in events and in signed calls, never in code.',
    ),
    forbid(
      'gateway-knows-the-schema-only',
      { path: '^gateway/' },
      { path: '^(subgraphs|infra|e2e|bench|prisma)/' },
      'The gateway has no business words.',
    ),
    forbid(
      'packages-know-nobody',
      { path: '^packages/', pathNot: [tests] },
      { path: '^(subgraphs|gateway|infra|e2e|bench|prisma)/' },
      'Shared code knows no subgraph and none of their tables.',
    ),
    forbid(
      'testing-knows-no-subgraph',
      { path: '^packages/testing/' },
      { path: '^(subgraphs|gateway|e2e|bench|prisma)/' },
      'What starts a whole Plaza stands in infra/ and e2e/.',
    ),
    forbid(
      'examples-know-the-schema',
      { path: '^examples/' },
      { path: '^(subgraphs|gateway|packages|infra|e2e|bench|scripts|prisma)/' },
      'A client has the graph, and nothing of what is behind it.',
    ),
    forbid('kernel-stands-alone', { path: '^packages/kernel/', pathNot: tests }, { path: '^packages/', pathNot: '^packages/kernel/' }),
    forbid(
      'others-enter-a-subgraph-by-its-server',
      { path: '^(infra|e2e|bench|scripts)/' },
      { path: '^subgraphs/', pathNot: '^subgraphs/[^/]+/src/(server|config)\\.ts$' },
      'A way of running starts a subgraph; it does not reach into it.',
    ),
    forbid(
      'resolvers-translate',
      { path: resolvers },
      { path: [role('store'), ...prismaClient], dependencyTypesNot: ['type-only'] },
      'Ask a service or a loader through the context.',
    ),
    forbid(
      'services-speak-no-graphql',
      { path: role('(service|store|policy|events)') },
      { path: ['^node_modules/(graphql|@apollo)/', '\\.generated\\.ts$', resolvers, '/context\\.ts$'] },
      'A rule is the same whoever asks.',
    ),
    forbid(
      'only-stores-query',
      { path: '^subgraphs/', pathNot: [role('store'), tests, '^subgraphs/[^/]+/src/(main|server)\\.ts$'] },
      { path: prismaClient, dependencyTypesNot: ['type-only'] },
      'SQL and Prisma stay in *.store.ts; server.ts opens the client.',
    ),
    forbid(
      'policies-are-pure',
      { path: role('policy') },
      { path: [role('(store|service|loaders|events)'), '^packages/(db|calls|events|subgraph)/'], dependencyTypesNot: ['type-only'] },
      'A right is decided from its arguments alone.',
    ),
    forbid(
      'module-doors',
      { path: '^(subgraphs/[^/]+/src/modules)/([^/]+)/', pathNot: tests },
      { path: '^$1/[^/]+/', pathNot: ['^$1/$2/', '\\.(service|loaders)\\.ts$'], dependencyTypesNot: ['type-only'] },
      'Another module is entered by its service or its loaders.',
    ),
    forbid(
      'no-orphans',
      {
        orphan: true,
        pathNot: [
          '\\.config\\.(ts|js|mjs)$',
          '^\\.dependency-cruiser\\.mjs$',
          '/main\\.ts$',
          '^infra/embedded/leash\\.mjs$',
          '^infra/build/run\\.mjs$',
          '^scripts/',
          tests,
          '\\.d\\.m?ts$',
        ],
      },
      {},
      'Nobody imports it: take it away.',
    ),
    forbid('not-to-tests', { pathNot: [tests, '^packages/testing/'] }, { path: tests }),
    forbid(
      'tests-only-testing',
      { path: '^(gateway|subgraphs|packages)/', pathNot: [tests, '^packages/testing/'] },
      { path: '^packages/testing/' },
    ),
    forbid('nothing-unresolvable', {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^prisma/generated/'] },
    exclude: { path: ['/node_modules/\\.', '^\\.plaza/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};

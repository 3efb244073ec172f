import { type DocumentNode, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { type Access, PolicyTable } from '../../gateway/src/access/policy-table.js';
import type { PublicContract } from '../../gateway/src/access/public-contract.js';

const HEAD = `# Who may have each field: a row for every one of the graph, from its @authenticated, @requiresScopes and @tag(name: "public…").
# Of a field that somebody may have, its subgraph decides by their relation what they see. Composed: npm run compose.
`;

/** Who there are, from those who may least; the first who may have a field is named for it. */
const WHO: readonly (readonly [string, Access])[] = [
  ['everybody', null],
  ['members', { scopes: [] }],
  ['operators', { scopes: ['plaza:operator'] }],
];

/** The rows of schema/access.txt: `Viewer.email  members  apps with read:email`. */
export function accessTable(supergraph: DocumentNode, api: GraphQLSchema, { schema: ofApps, scopes }: PublicContract): string {
  const policies = new PolicyTable(supergraph, api);
  const rows = Object.values(api.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
    .flatMap((type) => fieldsOf(api, type.name).map((field) => [type.name, field] as const))
    .map(([type, field]) => {
      const who = WHO.find(([, access]) => policies.denial(type, field, access) === null)?.[0] ?? 'nobody';
      const wanted = scopes.get(`${type}.${field}`);
      const apps = wanted === undefined ? 'apps' : `apps with ${wanted.join(' ')}`;
      return `${`${type}.${field}`.padEnd(55)} ${isPublic(ofApps, type, field) ? `${who.padEnd(9)} ${apps}` : who}`;
    });
  return `${HEAD}${rows.join('\n')}\n`;
}

const isPublic = (ofApps: GraphQLSchema | null, type: string, field: string): boolean =>
  ofApps !== null && fieldsOf(ofApps, type).includes(field);

function fieldsOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [];
}

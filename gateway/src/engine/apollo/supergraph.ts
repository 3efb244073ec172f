import { type DocumentNode, Kind, print, visit } from 'graphql';

/** Link URLs that the stock gateway refuses: it cannot enforce them, we do (access/policy-table.ts). */
const SECURITY = /\/(authenticated|requiresScopes|policy)\/v/u;
const DIRECTIVES = new Set(['authenticated', 'requiresScopes', 'policy']);
const SCALARS = /^(requiresScopes|policy)__|^federation__(Scope|Policy)$/u;

/** The supergraph without its security links, for the stock gateway. */
export function withoutSecurity(supergraph: DocumentNode): string {
  const stripped = visit(supergraph, {
    Directive: (node) => {
      if (DIRECTIVES.has(node.name.value)) return null;
      const url = node.name.value === 'link' ? node.arguments?.find(({ name }) => name.value === 'url')?.value : undefined;
      return url?.kind === Kind.STRING && SECURITY.test(url.value) ? null : undefined;
    },
    DirectiveDefinition: (node) => (DIRECTIVES.has(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (SCALARS.test(node.name.value) ? null : undefined),
  });
  return print(stripped);
}

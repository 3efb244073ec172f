import type { ASTNode } from 'graphql';

/**
 * Shows a node and all that is below it, in the order of the text. By hand: `visit` of graphql-js takes a multiple of the time, and what comes here may be as
 * large as a text may be.
 */
export function eachNode(node: ASTNode, show: (node: ASTNode) => void): void {
  show(node);
  for (const below of Object.values(node) as readonly unknown[]) {
    if (Array.isArray(below))
      for (const element of below as readonly ASTNode[]) eachNode(element, show); // lists of a document are of nodes
    else if (isNode(below)) eachNode(below, show);
  }
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'kind' in value;

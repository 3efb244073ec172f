import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { type DocumentNode, concatAST, parse, Source } from 'graphql';

/** What one subgraph contributes: its own modules without the shared part, and the whole that is composed. */
export interface SubgraphSdl {
  readonly name: string;
  readonly own: DocumentNode;
  readonly whole: DocumentNode;
}

/** Reads the schema files of every subgraph in the list; one without a module is left out. */
export function readSubgraphs(): readonly SubgraphSdl[] {
  const shared = parseFile('schema/shared.graphql');
  return SUBGRAPH_NAMES.flatMap((name) => {
    const modules = `subgraphs/${name}/src/modules`;
    const files = existsSync(modules)
      ? readdirSync(modules)
          .toSorted()
          .map((module) => join(modules, module, 'schema.graphql'))
          .filter((path) => existsSync(path))
      : [];
    if (files.length === 0) return [];
    const own = concatAST(files.map(parseFile));
    return [{ name, own, whole: concatAST([shared, own]) }];
  });
}

function parseFile(path: string): DocumentNode {
  return parse(new Source(readFileSync(path, 'utf8'), path));
}

import { execFileSync } from 'node:child_process';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** One change to what clients see. `name` (`FIELD_REMOVED Post.text`) is what schema/breaking-allowed.md lists. */
export interface ApiChange {
  readonly name: string;
  readonly message: string;
  readonly breaking: boolean;
}

/** Every change from one api schema to another, breaking ones first. */
export async function changes(before: string, after: string): Promise<readonly ApiChange[]> {
  const found: readonly Change[] = await diff(buildSchema(before), buildSchema(after));
  return found
    .map(({ type, path, message, criticality }) => ({
      name: `${type} ${path ?? ''}`.trim(),
      message,
      breaking: criticality.level === CriticalityLevel.Breaking,
    }))
    .toSorted((one, other) => Number(other.breaking) - Number(one.breaking) || one.name.localeCompare(other.name));
}

/** Names that schema/breaking-allowed.md lists: the first code span of each list item. */
export function allowedNames(markdown: string): ReadonlySet<string> {
  return new Set([...markdown.matchAll(/^- `([^`]+)`/gm)].flatMap(([, name]) => (name === undefined ? [] : [name])));
}

/** The api schema as committed at `ref`; null outside a repository, at an unknown ref, or when it was not there yet. */
export function committedApi(ref: string): string | null {
  try {
    return execFileSync('git', ['show', `${ref}:schema/api.graphql`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
  } catch {
    return null;
  }
}

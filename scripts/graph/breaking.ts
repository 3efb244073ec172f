import { execFileSync } from 'node:child_process';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, parse } from 'graphql';
import { z } from 'zod';
import { documentFaults } from '../../gateway/src/operations/document-faults.js';
import { usedCoordinates } from './used-coordinates.js';

/** One change to what clients see. `name` (`FIELD_REMOVED Post.text`) is what schema/breaking-allowed.md lists. */
export interface ApiChange {
  readonly name: string;
  readonly message: string;
  readonly breaking: boolean;
  /** The coordinate that it is about: `Post.text`. */
  readonly path: string;
}

/** An operation that clients were given. */
export interface RecordedOperation {
  readonly name: string;
  readonly body: string;
}

/** Every change from one api schema to another, breaking ones first. */
export async function changes(before: string, after: string): Promise<readonly ApiChange[]> {
  const found: readonly Change[] = await diff(buildSchema(before), buildSchema(after));
  return found
    .map(({ type, path, message, criticality }) => ({
      name: `${type} ${path ?? ''}`.trim(),
      message,
      path: path ?? '',
      breaking: criticality.level === CriticalityLevel.Breaking,
    }))
    .toSorted((one, other) => Number(other.breaking) - Number(one.breaking) || one.name.localeCompare(other.name));
}

/** Names that schema/breaking-allowed.md lists: the first code span of each list item. */
export function allowedNames(markdown: string): ReadonlySet<string> {
  return new Set([...markdown.matchAll(/^- `([^`]+)`/gm)].flatMap(([, name]) => (name === undefined ? [] : [name])));
}

/**
 * Which operations a change of the api may break, by name: those that the graph refuses afterwards and rely on what was changed, and for other
 * breaking changes (a field that may be null now, a value that may come now) those that rely on it.
 */
export function brokenOperations(
  { path, breaking }: Pick<ApiChange, 'path' | 'breaking'>,
  operations: readonly RecordedOperation[],
  before: string,
): readonly string[] {
  if (!breaking) return [];
  const schema = buildSchema(before);
  return operations.filter(({ body }) => relyOn(path, usedCoordinates(parse(body), schema))).map(({ name }) => name);
}

/** A change of an argument or a value touches whoever uses what holds it: it may be one that they must send, or will be sent, from now on. */
function relyOn(path: string, used: ReadonlySet<string>): boolean {
  const holder = path.slice(0, path.lastIndexOf('.'));
  return used.has(path) || (path.includes('.') && path.split('.').length > 2 && used.has(holder));
}

/** Operations that the schema no longer answers. */
export function refusedOperations(operations: readonly RecordedOperation[], after: string): readonly string[] {
  const schema = buildSchema(after);
  return operations.filter(({ body }) => documentFaults(schema, parse(body), { introspection: true }).length > 0).map(({ name }) => name);
}

const Manifest = z.object({ operations: z.array(z.object({ name: z.string(), body: z.string() })) });

/** What clients were given at `ref`: the operations of its manifest, and of those that clients' own builds have written, after the client's name. */
export function committedOperations(ref: string): readonly RecordedOperation[] {
  const files = git('ls-tree', '-r', '--name-only', ref, '--', 'schema/operations')?.split('\n') ?? [];
  return files
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const client = /\/clients\/(.+)\.json$/u.exec(file)?.[1];
      const { operations } = Manifest.parse(JSON.parse(committed(ref, file) ?? ''));
      return client === undefined ? operations : operations.map(({ name, body }) => ({ name: `${client} ${name}`, body }));
    });
}

/** The api schema as committed at `ref`; null outside a repository, at an unknown ref, or when it was not there yet. */
export const committedApi = (ref: string): string | null => committed(ref, 'schema/api.graphql');

/** The public contract as committed at `ref`; null as {@link committedApi}. */
export const committedPublic = (ref: string): string | null => committed(ref, 'schema/public.graphql');

const committed = (ref: string, path: string): string | null => git('show', `${ref}:${path}`);

function git(...args: readonly string[]): string | null {
  try {
    return execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
  } catch {
    return null;
  }
}

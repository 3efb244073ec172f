import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

/** A result as it comes over a wire. */
export interface WireResult extends Omit<ExecutionResult, 'errors'> {
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Whether what came over a wire is the result of a GraphQL operation, as far as its outside tells: what stands in `data` the engine checks. */
export function isResult(value: unknown): value is WireResult {
  if (!isObject(value)) return false;
  const { data, errors } = value;
  if (data === undefined && errors === undefined) return false;
  if (data !== undefined && data !== null && !isObject(data)) return false;
  return errors === undefined || (Array.isArray(errors) && errors.every(isError));
}

function isError(value: unknown): boolean {
  if (!isObject(value) || typeof value['message'] !== 'string') return false;
  const { path, extensions } = value;
  const isPath = path === undefined || (Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number'));
  return isPath && (extensions === undefined || isObject(extensions));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

import { badUserInput, Fault } from '@plaza/kernel/fault';
import type { Request } from 'express';
import type { OperationParams } from '../door.js';
import type { TrustedDocuments } from '../operations/trusted-documents.js';

/** The fields of a request as a client wrote them. */
export interface Sent {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/**
 * Reads an operation out of a body or an address. In place of its text a client may send the id of a trusted document: as `documentId`, or
 * as `extensions.persistedQuery.sha256Hash` like Apollo's clients.
 * @throws Fault BAD_USER_INPUT for what is no request, PERSISTED_QUERY_REQUIRED for an id that the graph does not know
 */
export function readParams(request: Request, documents: TrustedDocuments): OperationParams {
  return paramsOf(request.method === 'GET' ? fromAddress(request.query) : fromBody(request.body), documents);
}

/** The same for what did not come as a request of its own. @throws Fault as {@link readParams} */
export function paramsOf(sent: Sent, documents: TrustedDocuments): OperationParams {
  const operationName = textOrNothing(sent.operationName, 'operationName');
  objectOrNothing(sent.extensions, 'extensions');
  return {
    text: textOf(sent, documents),
    operationName: operationName === '' ? undefined : operationName,
    variables: objectOrNothing(sent.variables, 'variables'),
  };
}

function fromBody(body: unknown): Sent {
  if (Array.isArray(body)) throw badUserInput('One request holds one operation.');
  if (!isObject(body)) throw badUserInput('The body is no JSON object.');
  return body;
}

function fromAddress(query: Request['query']): Sent {
  return { ...query, variables: fromJson(query['variables'], 'variables'), extensions: fromJson(query['extensions'], 'extensions') };
}

function fromJson(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(typeof text === 'string' ? text : '');
  } catch {
    throw badUserInput(`"${name}" is no JSON.`);
  }
}

function textOf({ query, documentId, extensions }: Sent, documents: TrustedDocuments): string {
  const text = textOrNothing(query, 'query');
  if (text !== undefined && text !== '') return text;
  const id = textOrNothing(documentId, 'documentId') ?? hashIn(extensions);
  if (id === undefined) throw badUserInput('The request holds no operation: send "query", or the id of a trusted document.');
  const trusted = documents.text(id);
  if (trusted === undefined) throw new Fault('PERSISTED_QUERY_REQUIRED', 'No trusted document has this id.');
  return trusted;
}

function hashIn(extensions: unknown): string | undefined {
  const { persistedQuery } = objectOrNothing(extensions, 'extensions');
  return textOrNothing(objectOrNothing(persistedQuery, 'persistedQuery')['sha256Hash'], 'sha256Hash');
}

function textOrNothing(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badUserInput(`"${name}" must be a string.`);
  return value;
}

function objectOrNothing(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw badUserInput(`"${name}" must be an object.`);
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

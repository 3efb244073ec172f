import { ApolloServer, type BaseContext } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from '@plaza/telemetry/logger';
import type { GatewayExecutionResult } from '@apollo/server-gateway-interface';
import type { RequestHandler, Response } from 'express';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { bodyOf } from '../answer/answer-bytes.js';
import { formatError, thrownError } from '../answer/errors.js';
import type { Door } from '../door.js';
import type { DataText } from '../engine/engine.js';
import type { Limits } from '../limits/limits.js';
import type { Operations } from '../operations/operations.js';
import type { AdmittedRequest } from '../request.js';
import { isForEverybody, keepForAll } from './for-all.js';
import { plainMediaType } from './media-type.js';

/** What ApolloServer carries from the router to the executor. */
interface HttpContext extends BaseContext {
  readonly admitted: AdmittedRequest;
  /** For the metrics: `ok` or the first error's code. */
  readonly note: (outcome: string) => void;
  /** Absent where ApolloServer has to look at the request first. */
  readonly answer: GatewayExecutionResult | undefined;
}

export interface ApolloParts {
  readonly schema: GraphQLSchema;
  readonly door: Door;
  /** Of every contract. */
  readonly operations: readonly Operations[];
  readonly limits: Limits;
  readonly introspection: boolean;
  readonly logger: Logger;
}

/**
 * ApolloServer does the HTTP of GraphQL: media types, status codes, GET, the guard against cross-site requests. What may run was decided
 * before it; what runs is the door's. The one answer that it has nothing to say to, whole data for who takes plain JSON, by POST or the same for
 * everybody, is nearly every answer: that one is sent without it, in the same bytes (docs/adr/0036).
 */
export async function startApolloServer(
  parts: ApolloParts,
): Promise<{ readonly handle: RequestHandler; readonly stop: () => Promise<void> }> {
  const { schema, logger } = parts;
  const server = new ApolloServer<HttpContext>({
    gateway: {
      async load() {
        return { schema, executor: ({ context }) => execute(context as HttpContext, parts) }; // the router made it
      },
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      stop: () => Promise.resolve(),
    },
    documentStore: documentStore(parts.operations),
    parseOptions: { maxTokens: parts.limits.document.tokens },
    introspection: parts.introspection,
    hideSchemaDetailsFromClientErrors: !parts.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    nodeEnv: 'production',
    stringifyResult: (result) => (result.data instanceof Written ? `{"data":${result.data.text.json}}\n` : `${JSON.stringify(result)}\n`),
    formatError: (formatted) => formatError(formatted, logger),
    logger,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await server.start();
  const apollo = expressMiddleware(server, { context });
  const handle: RequestHandler = async (request, response, next) => {
    const asked = contextOf(response);
    const isForAll = request.method === 'GET' && isForEverybody(asked.admitted);
    const mediaType = request.method === 'POST' || isForAll ? plainMediaType(request.headers.accept) : undefined;
    if (mediaType !== undefined) {
      const answer = await answerOf(asked, parts);
      if (isForAll && isWhole(answer)) {
        keepForAll(response);
        return send(response, mediaType, bytesOf(answer));
      }
      if (answer.data instanceof Written) return send(response, mediaType, bodyOf(answer.data.text));
      response.locals['answer'] = answer;
    }
    return apollo(request, response, next);
  };
  return { handle, stop: () => server.stop() };
}

const context = async ({ res }: { res: Response }): Promise<HttpContext> => contextOf(res);

const contextOf = ({ locals }: Response): HttpContext => ({
  admitted: locals['admitted'] as AdmittedRequest, // set by the router, on the only way here
  note: (outcome) => {
    locals['outcome'] = outcome;
  },
  answer: locals['answer'] as GatewayExecutionResult | undefined, // set above
});

/** Nothing is missing in it, and nothing older than it should be. */
const isWhole = ({ data, errors, extensions }: GatewayExecutionResult): boolean =>
  data != null && errors === undefined && extensions === undefined;

const bytesOf = (answer: GatewayExecutionResult): Buffer | string =>
  answer.data instanceof Written ? bodyOf(answer.data.text) : Buffer.from(`${JSON.stringify(answer)}\n`);

function send(response: Response, mediaType: string, body: Buffer | string): void {
  response.setHeader('content-type', mediaType);
  response.setHeader('content-length', body.length);
  // A string is one whose characters are bytes.
  response.end(body, 'latin1');
}

/** Data that is text already. ApolloServer hands it on without a look. */
class Written {
  readonly text: DataText;

  constructor(text: DataText) {
    this.text = text;
  }

  readonly [key: string]: unknown;
}

const execute = async (asked: HttpContext, parts: ApolloParts): Promise<GatewayExecutionResult> => asked.answer ?? answerOf(asked, parts);

async function answerOf({ admitted, note }: HttpContext, { door, logger }: ApolloParts): Promise<GatewayExecutionResult> {
  try {
    const answer = await door.executeData(admitted);
    if ('json' in answer) {
      note('ok');
      return { data: new Written(answer) };
    }
    const { data, errors, extensions } = answer;
    note(errors === undefined ? 'ok' : String(errors[0]?.extensions.code));
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors }),
      ...(extensions === undefined ? {} : { extensions }),
    };
  } catch (error) {
    const shown = thrownError(error, { requestId: admitted.caller.requestId, logger });
    note(String(shown.extensions.code));
    return { errors: [shown] };
  }
}

/** Hands ApolloServer the document that the door has parsed and validated; for one that it does not know the server does that work again. */
function documentStore(operations: readonly Operations[]) {
  return {
    get: async (key: string): Promise<DocumentNode | undefined> => {
      const hash = key.slice(key.lastIndexOf(':') + 1);
      return operations.map((known) => known.document(hash)).find((document) => document !== undefined);
    },
    set: async (): Promise<void> => undefined,
    delete: async (): Promise<boolean> => false,
  };
}

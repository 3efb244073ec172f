import { hash } from 'node:crypto';
import { IDLE } from '@plaza/kernel/idle';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Access, Rights } from '../access/policy-table.js';
import type { SameForAll } from '../access/same-for-all.js';
import type { EngineOperation } from '../engine/engine.js';
import { documentBreach } from '../limits/document-limits.js';
import { eachNode } from '../limits/each-node.js';
import type { DocumentLimits } from '../limits/limits.js';
import { documentFaults } from './document-faults.js';
import { type LiveOperation, liveOperation, subscriptionFlaw } from './live-operation.js';
import { rewrite, type Shape } from './rewrite.js';
import type { TrustedDocuments } from './trusted-documents.js';

/** An operation that may run, for askers of one audience. */
export interface Prepared {
  readonly kind: 'ready';
  /** What {@link Operations.prepare} made it of: another graph's operations make it anew of the same. */
  readonly text: string;
  readonly operationName: string | undefined;
  /** As the client wrote it. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As it is planned. */
  readonly planned: EngineOperation;
  readonly shape: Shape;
  readonly isChanged: boolean;
  /** Whether the asker may not have some of it. */
  readonly isDenied: boolean;
  /** Of a subscription; null for others. */
  readonly live: LiveOperation | null;
  /** Whether the answer is the same for everybody who may have all of it. */
  readonly isSameForAll: boolean;
}

/** An operation that may not run, whoever asks: the errors are ready for the client. */
export interface Refused {
  readonly kind: 'refused';
  readonly errors: readonly GraphQLError[];
}

export interface OperationOptions {
  readonly schema: GraphQLSchema;
  readonly policies: Rights;
  readonly sameForAll: SameForAll;
  readonly limits: DocumentLimits;
  /** The graph's own operations; without it no operation is trusted. */
  readonly documents?: TrustedDocuments;
  /** Whether clients may ask for the schema, and hear what they may have meant. */
  readonly introspection: boolean;
}

/** What the parser says when it gives up: it has no code for it. */
const TOO_MANY_TOKENS = /tokens\. Parsing aborted/u;
/** What texts came to is kept up to so much memory, in bytes as {@link weightOf} counts them. */
const KEPT_BYTES = 96 * 1024 * 1024;
/** Texts that were sent once are known by their hash alone: so many of the last. */
const SEEN_ONCE = 10_000;
/** What a node of a document weighs in memory: as parsed, and once more as it is planned. */
const NODE_BYTES = 450;
/** An error remembers where it was made. */
const ERROR_BYTES = 8_000;
/** What is kept of any text besides. */
const ENTRY_BYTES = 12_000;

interface Parsed {
  readonly kind: 'parsed';
  readonly document: DocumentNode;
  /** Whether it is one of the graph's own. */
  readonly isTrusted: boolean;
  /** By operation name and audience. */
  readonly prepared: Map<string, Prepared>;
}

/**
 * The one way from a client's text to something that an engine may plan, the same for every transport: parsed, within its limits, valid,
 * without what the asker may not have, aliases renamed. What a text that is sent again came to is kept, refusals as well, and so is that of the
 * graph's own operations. Of a text that is sent once nothing stays but its hash: whoever sends very many different ones fills no store with them and
 * drives nobody else's out.
 */
export class Operations {
  readonly #options: OperationOptions;
  /** The graph's own stay, whether anybody sends them or not. */
  readonly #known = new LRUCache<string, Parsed | Refused>({ ...IDLE, maxSize: KEPT_BYTES, max: 10_000 });
  readonly #count = cacheCount('operations');
  readonly #seen = new LRUCache<string, true>({ max: SEEN_ONCE });
  /** Documents that somebody still works with, kept or not. */
  readonly #underWay = new Map<string, WeakRef<DocumentNode>>();
  readonly #dropped = new FinalizationRegistry<string>((id) => {
    if (this.#underWay.get(id)?.deref() === undefined) this.#underWay.delete(id);
  });
  #last = { text: '', id: sha256('') };

  constructor(options: OperationOptions) {
    this.#options = options;
  }

  prepare(text: string, operationName: string | undefined, access: Access): Prepared | Refused {
    const parsed = this.#parsed(text);
    if (parsed.kind === 'refused') return parsed;
    const audience = this.#options.policies.audience(access);
    const variant = `${operationName ?? ''} ${audience}`;
    const known = parsed.prepared.get(variant);
    if (known !== undefined) return known;
    const operation = getOperationAST(parsed.document, operationName);
    if (operation == null)
      return refused([
        new GraphQLError(
          operationName === undefined
            ? 'Say by operationName which operation is meant.'
            : `The document has no operation "${operationName}".`,
        ),
      ]);
    const flaw = operation.operation === 'subscription' ? subscriptionFlaw(operation) : null;
    if (flaw !== null) return refused([new GraphQLError(flaw)]);
    const prepared: Prepared = { text, operationName, ...this.#prepared(parsed, operation, access) };
    parsed.prepared.set(variant, prepared);
    return prepared;
  }

  /** Whether what the text came to is kept, so that {@link prepare} costs next to nothing. */
  knows(text: string): boolean {
    return this.#known.has(this.#idOf(text));
  }

  /** The document of a text that was prepared, as long as anybody holds it, by the SHA-256 of the text in hexadecimal digits. */
  document(id: string): DocumentNode | undefined {
    return this.#underWay.get(id)?.deref();
  }

  #parsed(text: string): Parsed | Refused {
    const id = this.#idOf(text);
    const known = this.#known.get(id);
    this.#count[known === undefined ? 'misses' : 'hits'] += 1;
    if (known !== undefined) return known;
    const parsed = this.#parse(text, id);
    if (parsed.kind === 'parsed') {
      this.#underWay.set(id, new WeakRef(parsed.document));
      this.#dropped.register(parsed.document, id);
    }
    this.#known.purgeStale();
    const isOurs = parsed.kind === 'parsed' && parsed.isTrusted;
    if (this.#seen.delete(id) || isOurs) this.#known.set(id, parsed, { size: weightOf(parsed, text), ttl: isOurs ? 0 : IDLE.ttl });
    else this.#seen.set(id, true);
    return parsed;
  }

  /** A text is asked about more than once in a row. */
  #idOf(text: string): string {
    if (text !== this.#last.text) this.#last = { text, id: sha256(text) };
    return this.#last.id;
  }

  #parse(text: string, id: string): Parsed | Refused {
    const { schema, limits, documents } = this.#options;
    let document: DocumentNode;
    try {
      // A place in the text for each node, with the tokens that it names, weighs more than all the rest.
      document = parse(text, { maxTokens: limits.tokens, noLocation: true });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return refused([error], TOO_MANY_TOKENS.test(error.message) ? 'COST_EXCEEDED' : 'BAD_USER_INPUT');
    }
    const breach = documentBreach(document, limits);
    if (breach !== null) return refused([new GraphQLError(breach.message)], breach.code);
    const live = document.definitions.some((node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === 'subscription');
    if (live && schema.getSubscriptionType() == null) return refused([new GraphQLError('The graph has no live fields yet.')]);
    if (documentFaults(schema, document, this.#options).length > 0) {
      // Who is refused is told where.
      const errors = documentFaults(schema, parse(text, { maxTokens: limits.tokens }), this.#options);
      return refused(errors.map((error) => this.#withoutHints(error)));
    }
    return { kind: 'parsed', document, isTrusted: documents?.text(id) !== undefined, prepared: new Map() };
  }

  #withoutHints(error: GraphQLError): GraphQLError {
    if (this.#options.introspection) return error;
    return new GraphQLError(error.message.replace(/ Did you mean .+\?$/u, ''), error.nodes === undefined ? {} : { nodes: error.nodes });
  }

  #prepared({ document, isTrusted }: Parsed, operation: OperationDefinitionNode, access: Access): Omit<Prepared, 'text' | 'operationName'> {
    const { schema, policies, sameForAll } = this.#options;
    const { shape, isChanged, isDenied, ...rewritten } = rewrite(document, operation, schema, policies, access);
    const live = operation.operation === 'subscription' ? liveOperation(rewritten.document, schema) : null;
    const plannable = live?.document ?? rewritten.document;
    const planned: EngineOperation = { document: plannable, kind: operation.operation, key: sha256(print(plannable)), isTrusted };
    const isSameForAll = live !== null && sameForAll.covers(operation, document);
    return { kind: 'ready', document, operation, planned, shape, isChanged, isDenied, live, isSameForAll };
  }
}

/** A document in memory is a hundred times its text: counted by characters, a few thousand of a stranger's would fill the process. */
function weightOf(parsed: Parsed | Refused, text: string): number {
  const own = text.length * 2;
  if (parsed.kind === 'refused') return own + parsed.errors.length * ERROR_BYTES;
  let nodes = 0;
  eachNode(parsed.document, () => (nodes += 1));
  return ENTRY_BYTES + own + nodes * NODE_BYTES;
}

function refused(errors: readonly GraphQLError[], code: 'BAD_USER_INPUT' | 'COST_EXCEEDED' = 'BAD_USER_INPUT'): Refused {
  return {
    kind: 'refused',
    errors: errors.map(
      (error) =>
        new GraphQLError(error.message, {
          ...(error.source === undefined ? {} : { source: error.source }),
          positions: error.positions ?? null,
          extensions: { code },
        }),
    ),
  };
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

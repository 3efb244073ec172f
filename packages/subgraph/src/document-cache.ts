import { hash } from 'node:crypto';
import { IDLE } from '@plaza/kernel/idle';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentErrors } from './document-errors.js';

/** What documents take in memory together, in bytes. */
const KEPT_BYTES = 12 * 1024 * 1024;
/** A parsed document is so many times its text, the text among it. */
const CHARACTER_BYTES = 40;
const ENTRY_BYTES = 1_000;
/** Texts that came once are known by their hash alone: so many of the last. */
const SEEN_ONCE = 5_000;

/**
 * Parses and validates a text that comes again once more, and then never: the gateway sends the same few hundred over and over. What comes once, as
 * the fetches of an operation that nobody repeats, leaves nothing behind.
 */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #count = cacheCount('subgraph_documents');
  readonly #known = new LRUCache<string, DocumentNode>({
    ...IDLE,
    maxSize: KEPT_BYTES,
    sizeCalculation: (_, text) => ENTRY_BYTES + CHARACTER_BYTES * text.length,
  });
  readonly #seen = new LRUCache<string, true>({ max: SEEN_ONCE });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  get(text: string): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.#count.hits += 1;
      return { document: known };
    }
    this.#count.misses += 1;
    this.#known.purgeStale();
    try {
      const document = parse(text, { noLocation: true });
      const errors = documentErrors(this.#schema, document, specifiedRules, 3);
      if (errors.length > 0) return { errors };
      const id = hash('sha256', text, 'base64');
      if (this.#seen.delete(id)) this.#known.set(text, document);
      else this.#seen.set(id, true);
      return { document };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }
}

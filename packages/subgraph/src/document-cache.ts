import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Parses and validates each text once: the gateway sends the same few hundred over and over. */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #known = new LRUCache<string, DocumentNode>({ max: 2_000 });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  get(text: string): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
    const known = this.#known.get(text);
    if (known !== undefined) return { document: known };
    try {
      const document = parse(text, { noLocation: true });
      const errors = validate(this.#schema, document, undefined, { maxErrors: 3 });
      if (errors.length > 0) return { errors };
      this.#known.set(text, document);
      return { document };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }
}

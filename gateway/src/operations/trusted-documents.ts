import { z } from 'zod';

const Manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{64}$/u), name: z.string(), type: z.string(), body: z.string() })),
});

/** The operations of the graph's own clients, by the SHA-256 of their text: a client may send that in place of the text. */
export class TrustedDocuments {
  readonly #bodies: ReadonlyMap<string, string>;
  readonly #names: ReadonlySet<string>;

  /** `manifests` are schema/operations/manifest.json and those of clients, parsed. @throws ZodError for another shape */
  constructor(...manifests: readonly unknown[]) {
    const operations = manifests.flatMap((manifest) => Manifest.parse(manifest).operations);
    this.#bodies = new Map(operations.map(({ id, body }) => [id, body]));
    this.#names = new Set(operations.map(({ name }) => name));
  }

  static readonly none: TrustedDocuments = new TrustedDocuments({ format: 'apollo-persisted-query-manifest', version: 1, operations: [] });

  text(id: string): string | undefined {
    return this.#bodies.get(id.replace(/^sha256:/u, ''));
  }

  get texts(): Iterable<string> {
    return this.#bodies.values();
  }

  /** A name that may label a metric: what clients write is unbounded. */
  label(operationName: string | null | undefined): string {
    return operationName != null && this.#names.has(operationName) ? operationName : 'other';
  }
}

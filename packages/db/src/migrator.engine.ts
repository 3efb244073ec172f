import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type * as Bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { MigratingPg } from './migrator.adapter.js';

type Engine = Awaited<ReturnType<typeof Bindings.SchemaEngine.new>>;

/** One Prisma schema file, as the engine takes it. */
export interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

/** What the generated glue of the WebAssembly module has besides its typed part. */
interface Glue {
  readonly SchemaEngine: typeof Bindings.SchemaEngine;
  readonly __wbg_set_wasm: (exports: object) => void;
}

/** The part of the global that is used here; it is typed with the DOM only. */
interface Wasm {
  readonly instantiate: (
    source: Uint8Array,
    imports: object,
  ) => Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
}

let glue: Promise<Glue> | undefined;

async function load(): Promise<Glue> {
  // The module calls this by its global name when it dies.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        process.emitWarning(`The schema engine died: ${message}`);
      },
    },
  });
  const bindings = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Glue;
  const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { instance } = await wasm.instantiate(await readFile(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
  return bindings;
}

/**
 * Run `work` with Prisma's schema engine (compiled to WebAssembly: nothing is downloaded) on the database at `url`; every
 * connection is closed afterwards.
 */
export async function withEngine<T>(url: string, schemaPath: string, work: (engine: Engine, schema: SchemaFile) => Promise<T>): Promise<T> {
  const { SchemaEngine } = await (glue ??= load());
  const schema = { path: schemaPath, content: await readFile(schemaPath, 'utf8') };
  const factory = new MigratingPg(url);
  const engine = await SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  try {
    return await work(engine, schema);
  } finally {
    await factory.close();
  }
}

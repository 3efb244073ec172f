import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, DriverAdapterError, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DatabaseError, type FieldDef } from 'pg';

const PG_CHAR = 18;
const PG_TEXT = 25;

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * The driver adapter of the schema engine. It mends @prisma/adapter-pg 7.10.0: that drops its shadow database while its own
 * pool is still connected to it, which Postgres refuses; it lets a connection string win over the shadow's name; and it cuts
 * scripts at every semicolon, also within functions and strings. It also keeps count of what it opened, because the engine
 * closes nothing.
 */
export class MigratingPg extends PrismaPg implements SqlMigrationAwareDriverAdapterFactory {
  readonly #url: string;
  readonly #open = new Set<Adapter>();

  constructor(url: string) {
    super({ connectionString: url, max: 2 });
    this.#url = url;
  }

  override async connect(): Promise<Adapter> {
    return this.#keep(await super.connect());
  }

  override async connectToShadowDb(): Promise<Adapter> {
    const owner = await this.connect();
    const name = `shadow_${crypto.randomUUID().replaceAll('-', '')}`;
    await owner.executeScript(`CREATE DATABASE "${name}"`);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const shadow = this.#keep(await new PrismaPg({ connectionString: url.href, max: 2 }).connect());
    const close = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await close();
      await owner.executeScript(`DROP DATABASE "${name}" WITH (FORCE)`);
      await owner.dispose();
    };
    return shadow;
  }

  /** Close every connection that the engine left open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(async (adapter) => adapter.dispose()));
  }

  #keep(adapter: Adapter): Adapter {
    const read = readingCatalogue(adapter);
    read.executeScript = async (script) => executeWhole(read, script);
    const close = read.dispose.bind(read);
    read.dispose = async () => {
      if (this.#open.delete(read)) await close();
    };
    this.#open.add(read);
    return read;
  }
}

/**
 * Marks the migration that runs as finished in the transaction of its own script: whoever is killed between the two would
 * not know later whether it happened.
 */
const FINISH = `
;DO $finish$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL AND logs IS NULL;
  END IF;
END $finish$`;
/** Postgres runs these outside a transaction only, so such a script is sent bare and holds nothing else. */
const ALONE = /\b(?:CREATE|DROP)\s+DATABASE\b|\bCONCURRENTLY\b/iu;

/** A script sent as one is one transaction too: a migration happens as a whole or not at all. */
async function executeWhole(adapter: Adapter, script: string): Promise<void> {
  try {
    await adapter.underlyingDriver().query(ALONE.test(script) ? script : script + FINISH);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new DriverAdapterError({
      kind: 'postgres',
      code: error.code ?? 'XX000',
      severity: error.severity ?? 'ERROR',
      message: error.message,
      detail: error.detail,
      column: error.column,
      hint: error.hint,
    });
  }
}

/** Reading the catalogue meets the type "char", which the adapter does not know: it is sent as text and named a character. */
function readingCatalogue(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  const query: (...args: unknown[]) => Promise<{ readonly fields?: FieldDef[] }> = pool.query.bind(pool);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let chars: readonly number[] = [];
  Object.assign(pool, {
    async query(...args: unknown[]) {
      const result = await query(...args);
      chars = (result.fields ?? []).flatMap((field, i) => (field.dataTypeID === PG_CHAR ? [i] : []));
      for (const i of chars) Object.assign(result.fields?.[i] ?? {}, { dataTypeID: PG_TEXT });
      return result;
    },
  });
  adapter.queryRaw = async (params) => {
    const result = await queryRaw(params);
    for (const i of chars) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

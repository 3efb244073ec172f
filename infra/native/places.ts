import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@plaza/subgraph/free-ports';
import { z } from 'zod';
import { type Engine, ENGINE_NAMES, type EngineName, type Place } from './engine.js';

const Decided = z.object({ ports: z.array(z.number().int()), password: z.string() });
const Settings = z.partialRecord(z.enum(ENGINE_NAMES), Decided);
type Settings = z.infer<typeof Settings>;

/** What `infra:up` decided at the first start of each engine and keeps: ports and passwords, readable by this user alone. */
export class Places {
  readonly #root: string;
  readonly #settings: Settings;

  private constructor(root: string, settings: Settings) {
    this.#root = root;
    this.#settings = settings;
  }

  /** @param dataDir the data folder of a Plaza; it exists. */
  static async open(dataDir: string): Promise<Places> {
    const root = join(dataDir, 'infra');
    await mkdir(root, { recursive: true, mode: 0o711 });
    const text = await readFile(join(root, 'settings.json'), 'utf8').catch(() => '{}');
    return new Places(root, Settings.parse(JSON.parse(text)));
  }

  /** The place of an engine that has had one. */
  known(name: EngineName): Place | undefined {
    const decided = this.#settings[name];
    return decided === undefined ? undefined : { folder: join(this.#root, name), ...decided };
  }

  /** Its place, made where it has none yet. */
  async of({ name, portCount }: Engine): Promise<Place> {
    await mkdir(join(this.#root, name), { recursive: true, mode: 0o711 });
    this.#settings[name] ??= { ports: await freePorts(portCount), password: randomBytes(16).toString('hex') };
    await this.#write('settings.json', `${JSON.stringify(this.#settings, null, 2)}\n`);
    const place = this.known(name);
    if (place === undefined) throw new Error(`${name} has no place`);
    return place;
  }

  /** Writes what leads to the engines as lines that a shell or `node --env-file` reads. Returns the file. */
  async writeVariables(variables: Readonly<Record<string, string>>): Promise<string> {
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return this.#write('addresses.env', `${lines.join('\n')}\n`);
  }

  /** Written beside and moved into place: a reader sees the old one or the new one. */
  async #write(name: string, text: string): Promise<string> {
    const draft = join(this.#root, `.${name}-${randomUUID()}`);
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, join(this.#root, name));
    return join(this.#root, name);
  }
}

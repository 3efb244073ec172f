import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Person, register } from '@plaza/testing/people';
import { PlazaProcess, type Place } from '../plaza-process.js';
import { Books } from './books.js';
import { rested } from './rest.js';
import { PEOPLE } from './schedule.js';

export const PRICE = { amountMinor: '500', currencyCode: 'USD' };
/** The goods of an order that is not paid are free again after this. */
export const HOLD_SECONDS = 10;
/** Of each of the two variants there is so much. */
export const STOCK = 4;
export const ENV = {
  PLAZA_ARGON2_MEMORY_KIB: '1024',
  PLAZA_ACCESS_TOKEN_SECONDS: '86400',
  PLAZA_CHECKOUT_HOLD_SECONDS: String(HOLD_SECONDS),
  LOG_LEVEL: 'error',
};

/** A data folder with people, a shop, posts and conversations, from which each trial begins with a copy. */
export interface Town {
  readonly folder: string;
  readonly people: readonly Person[];
  readonly variantIds: readonly string[];
  readonly posts: readonly { readonly id: string; readonly author: string }[];
  readonly conversations: readonly { readonly id: string; readonly members: readonly number[] }[];
}

const prisma = fileURLToPath(new URL('../../prisma/', import.meta.url));
/** As long as the tokens of its people are good, and then some. */
const GOOD_MS = 12 * 3_600_000;
const MEMORY_DISK = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;
/** Beside its data folder. */
const WHAT = 'town.json';

/** The one that was built last, unless tables, this file or half a day have gone by since: then another, by the program as it lies at `place`. */
export async function openTown(place: Place = {}): Promise<Town> {
  const migrations = (await readdir(prisma, { recursive: true })).filter((path) => path.includes('migrations')).toSorted();
  const text = await readFile(fileURLToPath(import.meta.url), 'utf8');
  const print = createHash('sha256')
    .update(JSON.stringify([migrations, text]))
    .digest('hex')
    .slice(0, 12);
  const home = join(await ground(), `plaza-town-${print}`);
  const known = await readFile(join(home, WHAT), 'utf8').then(
    (json) => JSON.parse(json) as Known,
    () => null,
  ); // written below
  if (known !== null && Date.now() - known.builtAt < GOOD_MS) {
    return { ...known.town, folder: join(home, 'data'), people: known.town.people.map((person) => new Person('', person)) };
  }
  const draft = await mkdtemp(join(await ground(), 'plaza-town-new-'));
  const town = await buildTown(join(draft, 'data'), place);
  await writeFile(join(draft, WHAT), JSON.stringify({ builtAt: Date.now(), town } satisfies Known));
  await rm(home, { recursive: true, force: true });
  await rename(draft, home);
  return { ...town, folder: join(home, 'data') };
}

interface Known {
  readonly builtAt: number;
  readonly town: Town;
}

async function buildTown(folder: string, place: Place): Promise<Town> {
  await mkdir(folder);
  const plaza = await PlazaProcess.on(folder, 'embedded', ENV, place);
  try {
    const people: Person[] = [];
    for (let n = 0; n < PEOPLE; n += 1) people.push(await register(plaza.url, `person${n}`));
    const [anna, binh] = people;
    if (anna === undefined || binh === undefined) throw new Error('nobody is there');
    const { shop } = await anna.does('OpenShop', { idempotencyKey: randomUUID(), name: 'Corner' });
    const variants = ['one', 'two'].map((sku) => ({ sku, title: sku, price: PRICE, stock: STOCK }));
    const { product } = await anna.does('CreateProduct', { idempotencyKey: randomUUID(), shopId: shop.id, title: 'Things', variants });
    const posts: { id: string; author: string }[] = [];
    for (const [n, person] of people.entries()) {
      for (const other of [1, 2]) await person.follows(people[(n + other) % PEOPLE] ?? anna);
      posts.push({ id: await person.publishes(`the first of ${person.handle}`), author: person.uuid });
    }
    const conversations = [
      { kind: 'GROUP', members: people.map((_, n) => n) },
      { kind: 'DIRECT', members: [0, 1] },
    ].map(async ({ kind, members }) => {
      const memberIds = members.slice(1).flatMap((n) => people[n]?.id ?? []);
      const input = { idempotencyKey: randomUUID(), kind, memberIds, ...(kind === 'GROUP' ? { title: 'Everybody' } : {}) };
      const { conversation } = await anna.does('StartConversation', input);
      return { id: conversation.id, members };
    });
    // Whoever has read their feed once has a timeline that is kept.
    for (const person of people) await person.home();
    const town = {
      folder,
      people,
      variantIds: product.variants.map(({ id }: { id: string }) => id),
      posts,
      conversations: await Promise.all(conversations),
    };
    const books = await Books.of(folder);
    const unrest = await rested(books);
    await books.close();
    if (unrest !== null) throw new Error(`the town does not come to rest: ${unrest}`);
    return town;
  } finally {
    await plaza.stop();
  }
}

/** A disk in memory where there is one with room: nothing that is tried here loses what a disk was told, and a slow disk makes every start slow. */
async function ground(): Promise<string> {
  const free = await statfs(MEMORY_DISK).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free > ROOM_BYTES ? MEMORY_DISK : tmpdir();
}

/** A copy of it: a data folder of its own. */
export async function copyOf(town: Town): Promise<string> {
  return copyTo(await mkdtemp(join(await ground(), 'plaza-trial-')), town);
}

/** The same in a folder that is there. */
export async function copyTo(folder: string, town: Town): Promise<string> {
  await cp(town.folder, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** How many bytes it takes. */
export async function sizeOf(town: Town): Promise<number> {
  const entries = await readdir(town.folder, { recursive: true, withFileTypes: true });
  const sizes = entries.filter((entry) => entry.isFile()).map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

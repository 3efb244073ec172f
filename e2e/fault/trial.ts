import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Person } from '@plaza/testing/people';
import { Chatter } from '../chat/chatter.js';
import { type Place, PlazaProcess } from '../plaza-process.js';
import { compareWithHistory } from './acknowledged.js';
import { Actor } from './actor.js';
import { Books } from './books.js';
import { Client } from './client.js';
import { compareCopies } from './copies.js';
import { Engines } from './engines.js';
import { type Heal, type Site, strike } from './faults.js';
import { compareHeard } from './heard.js';
import { History } from './history.js';
import { Line } from './line.js';
import { photoAway, photoBack, photoMeanwhile, takePhoto } from './photo.js';
import { Random } from './random.js';
import { recount } from './recounts.js';
import { askAgain, compareRepeats } from './repeats.js';
import { byLog, letHoldsRunOut, rested } from './rest.js';
import { described, type Schedule, type Timed } from './schedule.js';
import { compareSights } from './sights.js';
import { SmallDisk } from './small-disk.js';
import { copyOf, copyTo, ENV, sizeOf, type Town } from './town.js';

/** Those who listen to their inbox all the while. */
const LISTENERS = 2;
/** A trial that takes longer does not come to its end: so much for itself, and for each of its faults. */
const TRIAL_MS = 600_000;
const FAULT_MS = 10_000;
/** A small disk has so much more than a Plaza begins with. */
const ROOM_BYTES = 96 * 2 ** 20;

/** How a trial ended. */
export interface Outcome {
  readonly violations: readonly string[];
  readonly lines: readonly string[];
  readonly done: number;
  readonly unclear: number;
  /** Faults that found nothing to strike. */
  readonly idle: readonly string[];
  /** What was done instead of a fault that this machine does not allow. */
  readonly instead: readonly string[];
  readonly seconds: number;
}

/** What takes away each Plaza that runs now, and what it stands on. */
const running = new Set<() => Promise<void>>();

/** Whoever is asked to stop in the middle of a trial leaves nothing that runs behind. */
export function stopOnSignal(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void Promise.allSettled([...running].map(async (remove) => remove())).then(() => process.exit(1)));
  }
}

interface Options {
  readonly place?: Place;
  readonly isEager?: boolean;
  /** Told of each fault that has struck, and how many there were. */
  readonly onFault?: (struck: number) => void;
}

/**
 * Plays a schedule on a Plaza of its own, heals it, lets it come to rest, and compares everything with everything; `isEager` ends it at the first
 * violation.
 */
export async function runTrial(
  schedule: Schedule,
  town: Town,
  { place = {}, isEager = false, onFault = () => {} }: Options = {},
): Promise<Outcome> {
  const history = new History();
  const since = performance.now();
  const engines = schedule.engines === undefined ? null : await Engines.open(schedule.engines);
  const standing = engines === null ? null : { own: engines, variables: engines.variables() };
  const disk = schedule.faults.some(({ what }) => what === 'a disk that is full') ? await smallDisk(town, history) : null;
  const folder = disk === null ? await copyOf(town) : await copyTo(disk.folder, town);
  const points = await mkdtemp(join(tmpdir(), 'plaza-points-'));
  const log = join(points, 'plaza.log');
  const env = { ...ENV, ...standing?.variables, PLAZA_FAILPOINTS: points };
  const plaza = await PlazaProcess.on(folder, schedule.mode, env, { ...place, log });
  const remove = async (): Promise<void> => {
    await disk?.free();
    await plaza.remove();
    await disk?.remove();
  };
  running.add(remove);
  const line = await Line.to(plaza.port);
  const client = new Client(line.url, history);
  const keeper = new Keeper(plaza, history);
  const chatters: Chatter[] = [];
  const late = new AbortController();
  const limitMs = TRIAL_MS + FAULT_MS * schedule.faults.length;
  const tooLate = pause(limitMs, undefined, { signal: late.signal, ref: false }).then(
    () => history.violated(`the trial has not come to its end after ${limitMs / 1_000} s`),
    () => undefined,
  );
  try {
    const enough = new Promise<void>((resolve) => {
      if (isEager) history.onViolation = resolve;
    });
    await Promise.race([
      play({ schedule, town, history, client, plaza, folder, points, line, log, keeper, engines: standing, disk, onFault, chatters }),
      tooLate,
      enough,
    ]);
  } catch (error) {
    history.violated(`the trial broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    late.abort();
    client.end();
    await keeper.end();
    await Promise.all(chatters.map(async (chatter) => chatter.end()));
    await line.close();
    running.delete(remove);
    await remove().catch((error: unknown) => history.violated(`Plaza does not stop well: ${String(error)}`));
    if (history.violations.length > 0) history.note(`its log:\n${(await readFile(log, 'utf8').catch(() => '')).slice(-6_000)}`);
    await rm(points, { recursive: true, force: true });
  }
  const { violations, lines, done, unclear, idle, instead } = history;
  return { violations, lines, done, unclear, idle, instead, seconds: (performance.now() - since) / 1_000 };
}

/** Null where there can be none, which is said. */
async function smallDisk(town: Town, history: History): Promise<SmallDisk | null> {
  try {
    return await SmallDisk.of((await sizeOf(town)) + ROOM_BYTES);
  } catch (error) {
    history.instead.push('a disk that is full: no small one can be mounted, a failpoint says so instead');
    history.note(`no small disk: ${String(error)}`);
    return null;
  }
}

interface Trial {
  readonly schedule: Schedule;
  readonly town: Town;
  readonly history: History;
  readonly plaza: PlazaProcess;
  readonly folder: string;
  readonly points: string;
  readonly line: Line;
  readonly log: string;
  readonly keeper: Keeper;
  readonly client: Client;
  readonly engines: Site['engines'];
  readonly disk: Site['disk'];
  readonly onFault: (struck: number) => void;
  /** Those who listen, once they do. */
  readonly chatters: Chatter[];
}

async function play(trial: Trial): Promise<void> {
  const { schedule, town: copied, history, plaza, folder, points, line, log, keeper, client, engines, disk, onFault, chatters } = trial;
  const town = { ...copied, people: copied.people.map((person) => new Person(line.url, person)) };
  for (const { id, author } of town.posts) {
    const person = town.people.find(({ uuid }) => uuid === author);
    if (person !== undefined) history.posts.push({ id, author: person, audience: 'PUBLIC', text: null, revision: 1, isGone: false });
  }
  chatters.push(...town.people.slice(0, LISTENERS).map((person) => new Chatter(line.url, person)));
  for (const chatter of chatters) await chatter.begin();

  const site: Site = { plaza, folder, points, line, chatters, engines, disk, log, mayEnd: () => keeper.mayEnd() };
  const stage = { seed: schedule.seed, town, client, history, chatters };
  const total = schedule.intents.reduce((sum, { length }) => sum + length, 0);
  const [photographer] = town.people;
  for (const variantId of schedule.restock === undefined ? [] : town.variantIds)
    await photographer?.does('AdjustStock', { idempotencyKey: randomUUID(), variantId, change: schedule.restock });
  const hasPhoto = engines?.own.has('minio') === true || disk !== null;
  const photo = !hasPhoto || photographer === undefined ? null : await takePhoto(photographer, line.url);
  const acting = schedule.intents.map(async (intents, n) => {
    const actor = new Actor(stage, n);
    for (const intent of intents) {
      await actor.does(intent);
      history.done += 1;
    }
  });
  let isOver = false;
  const acted = Promise.all(acting).finally(() => (isOver = true));
  acted.catch(() => undefined); // awaited below
  const heals: { readonly fault: Timed; readonly heal: Heal }[] = [];
  for (const fault of schedule.faults) {
    while (history.done < Math.min(fault.after, total) && !isOver) await pause(5);
    client.isSick = engines === null;
    client.mustAnswer = engines !== null;
    const meanwhile =
      fault.what === 'a disk that is full' && photo !== null && photographer !== undefined ? photoMeanwhile(photographer, line.url) : null;
    heals.push({ fault, heal: await struck(site, fault, history) });
    if (meanwhile !== null) history.note(`a photo on a full disk: ${await meanwhile}`);
    onFault(heals.length);
  }
  await acted;
  for (const what of photo === null ? [] : await photoAway(photo)) history.violated(what);
  for (const { fault, heal } of heals) if (!(await heal())) history.idle.push(described(fault));
  await keeper.end();
  history.note('healed');
  const healedAt = new Date();
  client.isSick = false;
  client.mustAnswer = false;
  const events = engines?.own.has('kafka') === true ? byLog : undefined;

  const books = await Books.of(folder);
  try {
    await letHoldsRunOut(books);
    const unrest = await rested(books, events);
    if (unrest !== null) history.violated(`no rest after 30 s: ${unrest}`);
    history.note('at rest');
    for (const what of photo === null || photographer === undefined ? [] : await photoBack(photographer, line.url, photo))
      history.violated(what);
    const random = new Random(schedule.seed + 1_000_000);
    const check = async (): Promise<void> => {
      const found = [
        ...(await compareWithHistory(books, history, town)),
        ...(await recount(books)),
        ...(await compareCopies(books)),
        ...(await compareHeard(books, chatters, history)),
        ...(await compareSights(books, client, town, random)),
      ];
      for (const what of found) history.violated(what);
    };
    await check();
    history.note('compared');
    const repeated = await compareRepeats(client, history, random);
    for (const what of repeated) history.violated(what);
    await askAgain(client, history, town.people);
    history.note('repeated');
    if (history.violations.length === 0) {
      const again = await rested(books, events);
      if (again !== null) history.violated(`no rest after repeats: ${again}`);
      for (const what of [...(await compareWithHistory(books, history, town)), ...(await recount(books))])
        history.violated(`after repeats: ${what}`);
    }
  } finally {
    await books.close();
  }
  const mayEnd = schedule.faults.some(({ what }) => what === 'roll the processes');
  for (const what of await unexplained(log, healedAt, mayEnd)) history.violated(what);
}

async function struck(site: Site, fault: Timed, history: History): Promise<Heal> {
  history.note(`FAULT ${described(fault)}`);
  try {
    return await strike(site, fault);
  } catch (error) {
    // Another fault has taken away what this one needs.
    history.note(`it could not be done: ${String(error)}`);
    return async () => false;
  }
}

/** Starts Plaza again whenever it was killed, and says when it ends otherwise. */
class Keeper {
  readonly #plaza: PlazaProcess;
  readonly #history: History;
  #isOver = false;
  #mayEnd = false;
  readonly #ended: Promise<void>;

  constructor(plaza: PlazaProcess, history: History) {
    this.#plaza = plaza;
    this.#history = history;
    this.#ended = this.#keep();
    this.#ended.catch(() => undefined); // awaited at the end
  }

  /** It was asked to. */
  mayEnd(): void {
    this.#mayEnd = true;
  }

  /** Once more, if it is down now. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #keep(): Promise<void> {
    for (let isStarted = true; ;) {
      const { end } = this.#plaza;
      if (end === null && this.#isOver) return;
      if (end !== null) {
        this.#history.note(`Plaza ended (${end}) and starts again`);
        const isAsked = end === 'SIGKILL' || (this.#mayEnd && end === 'exit code 0');
        if (isStarted && !isAsked) this.#history.violated(`Plaza ended by itself: ${end}`);
        // A fault may strike while it starts, too: then it says so, and starts once more.
        isStarted = await this.#plaza.start().then(
          () => true,
          (error: unknown) => {
            this.#history.note(String(error));
            return false;
          },
        );
      }
      await pause(10);
    }
  }
}

/** Errors that Plaza has logged though nothing was wrong with it any more, and processes that ended by themselves; `mayEnd` in order where they were asked to. */
async function unexplained(log: string, since: Date, mayEnd: boolean): Promise<readonly string[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').filter((text) => text !== '');
  return lines.flatMap((text) => {
    if (/ended \(exit code/u.test(text) && !(mayEnd && text.includes('(exit code 0)'))) return [`a process ended by itself: ${text}`];
    if (!text.startsWith('{')) return [];
    const { level, time } = JSON.parse(text) as { readonly level: number; readonly time: string };
    return level >= 50 && new Date(time) > since ? [`it logged in health: ${text.slice(0, 1_000)}`] : [];
  });
}

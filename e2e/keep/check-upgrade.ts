/** `npm run check:upgrade`: see HELP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlazaProcess } from '../plaza-process.js';
import { say, seconds } from '../say.js';
import { beforeLastMigrations, checkOut, giveUp, startOf } from './earlier-checkout.js';
import { fill, look, signedIn } from './little-world.js';
import { killedAt, MOMENTS, pendingIn, rowsIn } from './migrations.js';

const HELP = `npm run check:upgrade -- --from <commit>      a data folder of an earlier commit, and the present program on it

Checks the commit out beside, with packages of its own where its lock is another one, starts it on an empty folder, and lets people post, like, follow,
buy, pay and chat. Then it is stopped, and the present program starts on the same folder. It is killed (-9) while its migrations stand before their first
change of a table, and killed again after that change and before its end. The third start is left alone: every migration is applied once, no table has
lost a row, passwords hold, and every post, order, stock, comment and message answers byte for byte as before. Then they go on where they were, and new
people come.

  --from <commit>  anything that git knows; the one before the last three that brought migrations without it
  --worlds 3       of two people each`;

const ENV = { PLAZA_ARGON2_MEMORY_KIB: '1024', LOG_LEVEL: 'silent' };
/** Queues that are worked off at a start, and what is made anew from what others own. */
const WORKED_OFF =
  /\.(?:_prisma_migrations|outbox.*|inbox|search_.*|outgoing_mail|.*(?:_task|_job|delivery|digest_item)|uncounted_message)$/u;

async function upgrade(commit: string, wanted: number, room: string): Promise<readonly string[]> {
  const [place, data] = [join(room, 'checkout'), join(room, 'data')];
  try {
    await checkOut(commit, place, say);
    const before = await PlazaProcess.on(data, 'embedded', ENV, { root: place, program: await startOf(place) });
    const written = await (async () => {
      try {
        const worlds = [];
        for (let n = 0; n < wanted; n += 1) worlds.push(await fill(before.url));
        return { worlds, was: await Promise.all(worlds.map(async (world) => look(world.binh, world))) };
      } finally {
        await before.stop();
      }
    })();
    say(`${commit} has written ${String(wanted)} worlds: posts, orders, chats`);
    return await takenOver(data, written);
  } finally {
    await giveUp(place).catch(() => undefined); // it was not checked out
  }
}

interface Written {
  readonly worlds: readonly Awaited<ReturnType<typeof fill>>[];
  /** What each Binh saw. */
  readonly was: readonly string[];
}

async function takenOver(data: string, { worlds, was }: Written): Promise<readonly string[]> {
  const faults: string[] = [];
  const plaza = await PlazaProcess.over(data, 'embedded', ENV);
  const pending = await pendingIn(data);
  const rows = await rowsIn(data);
  const migrations = [...pending].flatMap(([name, missing]) => missing.map((migration) => `${name}/${migration}`));
  say(`${String(migrations.length)} migrations to come: ${migrations.join(', ')}`);
  if (migrations.length === 0) say('nothing to interrupt: an earlier commit has more to show');
  else {
    for (const moment of MOMENTS) {
      await killedAt(moment, plaza, [...pending.keys()]);
      const left = await pendingIn(data);
      say(`killed at ${moment} in ${[...pending.keys()].join(', ')}`);
      for (const [name, missing] of pending)
        if (String(left.get(name)) !== String(missing)) faults.push(`half of a migration of ${name} is there`);
    }
  }

  const began = performance.now();
  await plaza.start();
  say(`ready after ${seconds(performance.now() - began)}`);
  await plaza.stop();
  for (const [name, missing] of await pendingIn(data)) faults.push(`${name} still misses ${missing.join(', ')}`);
  const now = await rowsIn(data);
  const kept = [...rows].filter(([table]) => !WORKED_OFF.test(table));
  for (const [table, count] of kept) {
    const left = now.get(table);
    // What was under way when it was stopped may have arrived since; nothing may have gone.
    if (left === undefined || left < count) faults.push(`${table} had ${String(count)} rows and has ${String(left)}`);
  }
  say(`${String(kept.length)} tables with ${String(kept.reduce((total, [, count]) => total + count, 0))} rows compared`);

  await plaza.start();
  try {
    for (const [i, world] of worlds.entries()) {
      const binh = await signedIn(plaza.url, world.binh);
      const is = await look(binh, world);
      if (is !== was[i]) faults.push(`it was\n${String(was[i])}\nand is\n${is}`);
    }
    const again = await fill(plaza.url);
    await look(again.binh, again);
  } finally {
    await plaza.stop();
  }
  return faults;
}

const { values } = parseArgs({
  options: { from: { type: 'string' }, worlds: { type: 'string', default: '3' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help === true) say(HELP);
else {
  const room = await mkdtemp(join(tmpdir(), 'plaza-upgrade-'));
  try {
    const faults = await upgrade(values.from ?? (await beforeLastMigrations()), Number(values.worlds), room);
    for (const fault of faults) say(`!! ${fault}`);
    say(faults.length === 0 ? 'the present program goes on where that one was' : 'not all of it is as it was');
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

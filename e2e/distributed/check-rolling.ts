/** `npm run check:rolling`: see HELP. */
import { parseArgs } from 'node:util';
import { askToRoll, type Running } from '@plaza/distributed/control';
import { type Person, register } from '@plaza/testing/people';
import { all, nth } from '../live/many.js';
import { say } from '../say.js';
import { until } from '../story/expect.js';
import { atRunningPlaza } from './at-running.js';
import { Ear, untilAllHear } from './ear.js';
import { Traffic } from './traffic.js';

const HELP = `npm run check:rolling -- --load 60      every process is restarted under load: no request fails, every socket is back at once

Asks the Plaza that npm run start:distributed runs in PLAZA_DATA_DIR to restart its processes one after the other. Meanwhile people read and write
over the edge, and sockets watch posts with the stock client, which comes back by itself with its last cursor. Counted: requests that failed
(no answer, a status other than 200), answers with errors, how long each socket was away, and what it lost or was told twice.

  --load 60          percent of the requests a second that it takes, which is measured for ten seconds; one in four is a comment
  --rate 20          requests a second, instead
  --sockets 50
  --posts 5
  --away-ms 2000     a socket that is away for longer is too late
  --rounds 1
  --only feed,gateway  these alone`;

const WITHIN_MS = 120_000;
const MEASURED_MS = 10_000;

const { values } = parseArgs({
  options: {
    load: { type: 'string', default: '60' },
    rate: { type: 'string' },
    sockets: { type: 'string', default: '50' },
    posts: { type: 'string', default: '5' },
    'away-ms': { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h' },
  },
});

async function check(plaza: Running): Promise<number> {
  const url = `${plaza.url}/graphql`;
  const round = Date.now().toString(36);
  const people = await all(8, (n) => register(url, `roll_${round}_${n}`));
  const author: Person = nth(people, 0);
  const posts = await all(Number(values.posts), (n) => author.publishes(`post ${n}`));
  const ears = await all(Number(values.sockets), async (n) => new Ear(url, nth(people, n).tokens.accessToken, nth(posts, n)));
  const traffic = new Traffic(people, posts, (line) => say(`    ${line}`));
  await until('all sockets to listen', WITHIN_MS, () => ears.every((ear) => ear.isHere));
  await untilAllHear(ears, async (postId, n) => traffic.comment(nth(people, n), postId));
  const rate = values.rate === undefined ? ((await traffic.most(MEASURED_MS)) * Number(values.load)) / 100 : Number(values.rate);
  say(`  ${rate.toFixed(1)} requests a second${values.rate === undefined ? `, ${values.load} % of what it takes` : ''}`);
  traffic.count();
  traffic.begin(rate);
  const began = performance.now();
  for (let i = 0; i < Number(values.rounds); i += 1) await askToRoll(plaza, values.only, (line) => say(`  ${line}`));
  await traffic.end();
  await until('all events to arrive', WITHIN_MS, () =>
    ears.every((ear) => traffic.saidOn(ear.postId).every((id) => ear.heard.has(id))),
  ).catch((error: unknown) => say(String(error)));
  await Promise.all(ears.map(async (ear) => ear.leave()));

  const away = ears.flatMap((ear) => ear.away).toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(away[Math.min(away.length - 1, Math.floor(away.length * share))] ?? 0)} ms`;
  const lost = ears.flatMap((ear) => traffic.saidOn(ear.postId).filter((id) => !ear.heard.has(id))).length;
  const twice = ears.reduce((sum, ear) => sum + ear.twice, 0);
  const codes = new Map<string, number>();
  for (const code of ears.flatMap((ear) => ear.codes)) codes.set(code, (codes.get(code) ?? 0) + 1);
  const late = away.filter((ms) => ms > Number(values['away-ms'])).length;
  const { requests, failures, wrong } = traffic;
  say(
    `${requests} requests in ${Math.round((performance.now() - began) / 1_000)} s: ${failures.length} failed, ${wrong.length} answered with errors`,
  );
  say(`${ears.length} sockets were closed ${away.length} times (${[...codes].map(([code, n]) => `${code}: ${n}`).join(', ')})`);
  say(`  away for ${at(0.5)} (median), ${at(0.95)} (95 %), ${at(1)} at most; ${late} for longer than ${values['away-ms']} ms`);
  say(`  ${traffic.said} comments: ${lost} lost, ${twice} told twice`);
  const isWell = failures.length === 0 && wrong.length === 0 && late === 0 && lost === 0 && twice === 0 && away.length > 0;
  say(isWell ? 'all is well' : 'NOT well');
  return isWell ? 0 : 1;
}

if (values.help === true) say(HELP);
else await atRunningPlaza(check);

/** `npm run check:cdn`: see HELP. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { marksUrl, startCdn } from '@plaza/distributed/cdn';
import { freePorts } from '@plaza/subgraph/free-ports';
import { Guest, type Person, register } from '@plaza/testing/people';
import { all, nth } from '../live/many.js';
import { prove } from '../proof.js';
import { say } from '../say.js';
import { foundIn, type Marker } from './kept.js';
import { read, type Read, readPage, Share } from './reader.js';
import { addressesFor, fingerprint, show, type Shown } from './stage.js';
import { filesOf, showFilm } from './film.js';

const HELP = `npm run check:cdn -- --readers 20 --seconds 10     a cache in front: how much it takes, and that nothing private is ever in it

Starts a Plaza of its own and nginx in front of it (infra/edge/cdn.conf; the one on the PATH, else Debian's, unpacked), and everybody comes by nginx:
people upload, publish and read photos and a film; guests read pages by GET; members read what only they may see. Meanwhile it reads all that nginx
keeps, for photos, texts, tokens and signatures that are nobody else's. It takes photos back and measures until when they are shown, and edits posts
that a crowd reads.

  --readers 20     at once
  --seconds 10     so long they read
  --photos 10
  --rounds 5       times that something is taken back, each way, and edited
  --mode embedded  or processes`;

/** The published bounds: for what was taken back while the cache can be told, and for what was edited. */
const TAKEN_BACK_MS = 1_000;
const EDITED_MS = 1_000;
/** So long what was taken back is looked for. */
const LOOKED_FOR_MS = 3_000;

const [port = 0, marksPort = 0] = await freePorts(2);
const publicUrl = `http://127.0.0.1:${String(port)}`;
const graphql = `${publicUrl}/graphql`;
const faults: string[] = [];
const fault = (line: string): void => {
  faults.push(line);
  say(`FAULT ${line}`);
};
const guest = new Guest(graphql);

await prove({
  help: HELP,
  numbers: { readers: 20, seconds: 10, photos: 10, rounds: 5 },
  env: { PLAZA_PUBLIC_URL: publicUrl, PLAZA_TRUSTED_PROXIES: '1', CDN_PURGE_URL: marksUrl(marksPort) },
  async run(plaza, given) {
    const folder = await mkdtemp(join(tmpdir(), 'plaza-cdn-'));
    const options = { folder, host: '127.0.0.1', port, marksPort, gateways: [plaza.port], isBehindProxy: false, report: fault };
    const cdn = await startCdn(options, (detail) => say(`nginx ${detail}`));
    try {
      const [anna, fan] = [await register(graphql, 'anna'), await register(graphql, 'fan')];
      await fan.follows(anna);
      const shown = await all(given.photos, (n) => show(anna, graphql, `for everybody ${String(n)} ${randomUUID()}`, 'PUBLIC'));
      const hidden = await all(3, (n) => show(anna, graphql, `for followers ${String(n)} ${randomUUID()}`, 'FOLLOWERS'));
      await reading({ anna, fan, shown, hidden }, given, cdn.kept);
      await oneForACrowd(anna, given.readers);
      await parts(shown);
      await spellings(shown);
      await film(anna, fan, cdn.kept);
      await takenBack(anna, given.rounds, cdn.kept);
      await edited(anna, nth(shown, 0), given);
    } finally {
      await cdn.stop();
      await rm(folder, { recursive: true, force: true });
    }
    say(faults.length === 0 ? 'all is well' : `${String(faults.length)} faults`);
    return faults.length === 0;
  },
});

interface Cast {
  readonly anna: Person;
  readonly fan: Person;
  readonly shown: readonly Shown[];
  readonly hidden: readonly Shown[];
}

/** Everybody reads; meanwhile and after it, what is kept is searched. */
async function reading(cast: Cast, { readers, seconds }: { readonly readers: number; readonly seconds: number }, kept: string) {
  const { anna, fan, shown, hidden } = cast;
  const photos = (await Promise.all(shown.map((one) => addressesFor(guest, one)))).flat();
  const own = (await Promise.all(hidden.map((one) => addressesFor(fan, one)))).flat();
  const isPrivate = await secrets(cast, own);
  const isPublic: readonly Marker[] = [
    { what: 'a public photo', bytes: await fingerprint(nth(photos, 0)) },
    { what: 'a public text', bytes: Buffer.from(nth(shown, 0).text) },
  ];
  const [ofPhotos, ofPages, ofOthers] = [new Share(), new Share(), new Share()];
  const end = performance.now() + seconds * 1_000;
  const reader = async (_none: unknown, who: number): Promise<void> => {
    for (let n = who; performance.now() < end; n += 1) {
      count(ofPhotos, await read(popular(photos)), 200);
      count(ofPages, await readPage(graphql, 'PostThread', { id: popular(shown).postId }), 200);
      count(ofPages, await readPage(graphql, 'Profile', { handle: anna.handle }), 200);
      if (who % 4 > 0) continue;
      // Whoever is somebody, or wants what not everybody may see, gets their own.
      const { postId } = nth(hidden, n);
      const reads = [
        await read(nth(own, n)),
        await readPage(graphql, 'PostThread', { id: postId }, fan.tokens.accessToken),
        await readPage(graphql, 'Home', { first: 10 }, fan.tokens.accessToken),
        await read(nth(photos, n), { authorization: `Bearer ${fan.tokens.accessToken}` }),
        await read(nth(photos, n), { cookie: 'session=somebody' }),
      ];
      for (const one of reads) {
        count(ofOthers, one, 200);
        if (one.way === 'hit' || one.way === 'revalidated') fault('what is for one person was answered from the cache');
      }
      if ((await guest.reads(postId)) !== null) fault('a guest was shown a post for followers');
      const page = await readPage(graphql, 'PostThread', { id: postId });
      if (page.body.includes(nth(hidden, n).text)) fault('a guest was shown the text of a post for followers');
    }
  };
  const search = async (): Promise<void> => {
    while (performance.now() < end) {
      for (const one of await foundIn(kept, isPrivate)) fault(`kept: ${one}`);
      await pause(500);
    }
  };
  await Promise.all([search(), ...Array.from({ length: readers }, reader)]);
  await readPage(graphql, 'PostThread', { id: nth(shown, 0).postId });
  for (const one of await foundIn(kept, isPrivate)) fault(`kept: ${one}`);
  for (const marker of isPublic)
    if ((await foundIn(kept, [marker])).length === 0) fault(`${marker.what} is not found among what is kept: nor would be what is private`);
  say(`photos: hits ${ofPhotos.toString()}`);
  say(`pages:  hits ${ofPages.toString()}`);
  say(`what is for one person: hits ${ofOthers.toString()}`);
  say(
    `${String(isPrivate.length)} private things looked for in all that is kept, all the time: ${faults.length === 0 ? 'none is there' : 'SEE ABOVE'}`,
  );
}

/** What must not be kept: bytes of photos, texts, what signs an address, and what says who somebody is. */
async function secrets({ anna, fan, hidden }: Cast, own: readonly string[]): Promise<readonly Marker[]> {
  const { conversation } = await anna.does('StartConversation', { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [fan.id] });
  const message = `between us ${randomUUID()}`;
  await anna.does('Send', { conversationId: conversation.id, clientMessageId: randomUUID(), text: message });
  await fan.plays('Chats', {});
  const named = (what: string, texts: readonly string[]): readonly Marker[] => texts.map((text) => ({ what, bytes: Buffer.from(text) }));
  return [
    ...(await Promise.all(own.map(async (url) => ({ what: 'a photo for followers', bytes: await fingerprint(url) })))),
    ...named('a text for followers', hidden.map(({ text }) => text)), // prettier-ignore
    ...named('a signature', own.map((url) => new URL(url).searchParams.get('s') ?? url)), // prettier-ignore
    ...named('a message', [message]),
    ...named('a token', [anna, fan].flatMap(({ tokens }) => [tokens.accessToken, tokens.refreshToken])), // prettier-ignore
    ...named('a secret of a person', [anna, fan].flatMap(({ email, password }) => [email, password])), // prettier-ignore
    ...named('who asked', ['session=somebody', 'uthorization: Bearer', 'et-cookie:']),
  ];
}

/** All at once want what nobody has asked for before. */
async function oneForACrowd(anna: Person, readers: number): Promise<void> {
  const [url = ''] = await addressesFor(guest, await show(anna, graphql, 'for a crowd', 'PUBLIC'));
  const reads = await Promise.all(Array.from({ length: readers }, () => read(url)));
  const asked = reads.filter(({ way }) => way === 'asked').length;
  say(`${String(readers)} at once for a new photo: the origin was asked ${String(asked)} times`);
  if (asked > readers / 2) fault(`equal questions did not wait for the first: ${String(asked)} were asked`);
}

/** A part of a photo, and nothing for whoever has it. */
async function parts(shown: readonly Shown[]): Promise<void> {
  const [url = ''] = await addressesFor(guest, nth(shown, 1));
  const whole = await read(url);
  const part = await read(url, { range: 'bytes=10-29' });
  if (part.status !== 206 || !part.body.equals(whole.body.subarray(10, 30))) fault(`a part of a photo answered ${String(part.status)}`);
  const known = await read(url, { 'if-none-match': whole.headers.get('etag') ?? '' });
  if (known.status !== 304 || known.body.length > 0) fault(`whoever has a photo was answered ${String(known.status)}`);
}

/** A film that first followers see, then everybody, then nobody. */
async function film(anna: Person, fan: Person, kept: string): Promise<void> {
  const postId = await showFilm(anna, graphql);
  const own = await filesOf(fan, postId);
  const share = new Share();
  for (const url of [...own, ...own]) count(share, await read(url), 200);
  const markers = await Promise.all(own.map(async (url) => ({ what: 'of a film for followers', bytes: await fingerprint(url) })));
  for (const left of await foundIn(kept, markers)) fault(`kept: ${left}`);
  if (share.hitPercent > 0) fault('a film for followers was answered from the cache');
  await anna.edits(postId, { expectedRevision: 1, audience: 'PUBLIC' });
  const files = await filesOf(guest, postId);
  for (const url of files) await read(url);
  const again = new Share();
  for (const url of files) count(again, await read(url), 200);
  if (again.hitPercent < 100) fault(`of a film that was seen: hits ${again.toString()}`);
  await anna.deletes(postId);
  const took = Math.max(...(await Promise.all(files.map(async (url) => shownFor(url)))));
  say(`a film: for followers hits ${share.toString()}, for everybody ${again.toString()}; deleted, shown for ${took.toFixed(0)} ms`);
  if (took > TAKEN_BACK_MS) fault(`a deleted film was shown for longer than ${String(TAKEN_BACK_MS)} ms`);
}

/** Whatever else is asked for leaves what is kept as it is. */
async function spellings(shown: readonly Shown[]): Promise<void> {
  const [url = ''] = await addressesFor(guest, nth(shown, 2));
  const before = await read(url);
  const others = [url.replace('/w', '/%77'), url.replace('/content', '//content'), `${url}?s=x`, `${url}?`, url.replace('.webp', '.png')];
  for (const other of others) {
    await read(other);
    await fetch(other, { method: 'HEAD' });
  }
  const after = await read(url, { 'x-forwarded-host': 'evil.example', host: 'evil.example' });
  if (after.status !== 200 || !after.body.equals(before.body)) fault('another spelling of an address came into its place');
  const page = ['PostThread', { id: nth(shown, 2).postId }] as const;
  const [one, other] = await Promise.all([readPage(graphql, ...page), read(`${graphql}?query=${encodeURIComponent('{ __typename }')}`)]);
  if (one.status !== 200 || other.status !== 400)
    fault(`a page answered ${String(one.status)}, one of another site ${String(other.status)}`);
}

/** How long a photo is shown after the answer that took it back; whoever comes for it after that leaves nothing of it. */
async function takenBack(anna: Person, rounds: number, kept: string): Promise<void> {
  const ways: Readonly<Record<string, (one: Shown) => Promise<unknown>>> = {
    deleted: ({ postId }) => anna.deletes(postId),
    narrowed: ({ postId }) => anna.edits(postId, { expectedRevision: 1, audience: 'FOLLOWERS' }),
    'taken out': ({ postId }) => anna.edits(postId, { expectedRevision: 1, media: [] }),
  };
  for (const [way, take] of Object.entries(ways)) {
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const one = await show(anna, graphql, 'to be taken back', 'PUBLIC');
      const urls = await addressesFor(guest, one);
      for (const url of [...urls, ...urls]) await read(url);
      if ((await read(nth(urls, 0))).way !== 'hit') fault('a photo that was read is not kept');
      const bytes = await Promise.all(urls.map(async (url) => ({ what: `what was ${way}`, bytes: await fingerprint(url) })));
      await take(one);
      took.push(...(await Promise.all(urls.map(async (url) => shownFor(url)))));
      for (const left of await foundIn(kept, bytes)) fault(`still kept: ${left}`);
    }
    const most = Math.max(...took);
    say(`${way}: shown for ${most.toFixed(0)} ms at most after the answer, in ${String(took.length)} sizes`);
    if (most > TAKEN_BACK_MS) fault(`${way}: shown for longer than ${String(TAKEN_BACK_MS)} ms`);
  }
}

/** Until when it was shown, in milliseconds from now. */
async function shownFor(url: string): Promise<number> {
  const began = performance.now();
  let last = began;
  while (performance.now() - began < LOOKED_FOR_MS) {
    const { status, at } = await read(url);
    if (status === 200) last = at;
    else if (status !== 404) fault(`what was taken back answered ${String(status)}`);
    await pause(5);
  }
  return last - began;
}

/** A crowd reads a post while it is edited: who asks a second after the answer, or later, reads the new text. */
async function edited(anna: Person, { postId }: Shown, { rounds, readers }: { readonly rounds: number; readonly readers: number }) {
  const texts: { readonly text: string; readonly answeredAt: number }[] = [];
  const share = new Share();
  let [oldest, isOver] = [0, false];
  const reader = async (): Promise<void> => {
    while (!isOver) {
      const page = await readPage(graphql, 'PostThread', { id: postId });
      count(share, page, 200);
      const { data } = JSON.parse(page.body.toString()) as { readonly data: { readonly node: { readonly text: string } } };
      const index = texts.findLastIndex(({ text }) => text === data.node.text);
      const next = texts[index + 1];
      if (next !== undefined) oldest = Math.max(oldest, page.at - next.answeredAt);
    }
  };
  const crowd = Array.from({ length: readers }, reader);
  const { revision } = (await anna.plays('PostThread', { id: postId })).node;
  for (let round = 0; round < rounds * 3; round += 1) {
    const text = `edited ${String(round)} ${randomUUID()}`;
    await anna.edits(postId, { expectedRevision: Number(revision) + round, text });
    texts.push({ text, answeredAt: performance.now() });
    await pause(700 + Math.random() * 800);
  }
  isOver = true;
  await Promise.all(crowd);
  say(
    `edited ${String(texts.length)} times before ${String(readers)} readers, hits ${share.toString()}: an old text was read ${oldest.toFixed(0)} ms after the answer at most`,
  );
  if (oldest > EDITED_MS) fault(`what was edited was read as it was for longer than ${String(EDITED_MS)} ms`);
}

/** The first ones far more often than the last. */
function popular<T>(list: readonly T[]): T {
  return nth(list, Math.floor(list.length * Math.random() ** 3));
}

function count(share: Share, one: Read, status: number): void {
  share.count(one);
  if (one.status !== status) fault(`answered ${String(one.status)}: ${one.body.subarray(0, 200).toString()}`);
}

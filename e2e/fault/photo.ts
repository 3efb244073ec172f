import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inTimeOr } from '@plaza/kernel/in-time';
import type { Person } from '@plaza/testing/people';
import sharp from 'sharp';
import { sendByTus, sha256, startUpload, watchMedia } from '../media/upload.js';

const PATIENCE_MS = 60_000;
const MEANWHILE_MS = 20_000;

/** A photo that was READY, and what its largest size was. */
export interface Photo {
  readonly url: string;
  readonly print: string;
}

/** Goes up, is made ready, and is fetched once. @throws Error where it is not READY */
export async function takePhoto(person: Person, graphqlUrl: string): Promise<Photo> {
  // Another each time: what is known already does not go up again.
  const [r, g, b] = randomBytes(3);
  const bytes = await sharp({ create: { width: 900, height: 700, channels: 3, background: { r: r ?? 0, g: g ?? 0, b: b ?? 0 } } })
    .jpeg()
    .toBuffer();
  const { media, uploadUrl } = await startUpload(person, bytes, 'one.jpg', 'image/jpeg');
  await sendByTus(person, uploadUrl, bytes, bytes.length);
  const ready = (await watchMedia(person, graphqlUrl, media.id)).at(-1);
  const url = ready?.variants.at(-1)?.url;
  if (ready?.status !== 'READY' || url === undefined) throw new Error(`a photo is ${ready?.status ?? 'nothing'}, not READY`);
  return { url, print: sha256(new Uint8Array(await (await fetch(url)).arrayBuffer())) };
}

/** One that goes up while there may be no room for it. @returns what became of it, in words: all may become of it, but that Plaza goes down */
export async function photoMeanwhile(person: Person, graphqlUrl: string): Promise<string> {
  const trying = takePhoto(person, graphqlUrl).then(
    () => 'it went up',
    (error: unknown) => `it did not go up: ${String(error)}`,
  );
  return inTimeOr('nothing was heard of it', trying, MEANWHILE_MS);
}

/** While the bucket is away a photo may not come; that it were not there is never said. @returns what is wrong */
export async function photoAway({ url, print }: Photo): Promise<readonly string[]> {
  const response = await fetch(url).catch(() => null);
  if (response === null || response.status >= 500) return [];
  const isSame = response.ok && sha256(new Uint8Array(await response.arrayBuffer())) === print;
  return isSame ? [] : [`a photo whose bucket is away answers ${response.status}`];
}

/** When the bucket is back it is the same, and others go up. @returns what is wrong */
export async function photoBack(person: Person, graphqlUrl: string, { url, print }: Photo): Promise<readonly string[]> {
  for (const until = Date.now() + PATIENCE_MS; ; await pause(200)) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) {
      if (sha256(new Uint8Array(await response.arrayBuffer())) !== print) return ['a photo is another after its bucket was away'];
      break;
    }
    if (Date.now() > until) return [`a photo does not come back: ${response?.status ?? 'no answer'}`];
  }
  return takePhoto(person, graphqlUrl).then(
    () => [],
    (error: unknown) => [`a photo cannot go up after the bucket was away: ${String(error)}`],
  );
}

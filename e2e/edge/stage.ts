import { randomBytes, randomUUID } from 'node:crypto';
import type { Guest, Person } from '@plaza/testing/people';
import sharp from 'sharp';
import { sendByTus, startUpload, watchMedia } from '../media/upload.js';
import { read } from './reader.js';

const [WIDTH, HEIGHT] = [800, 600];

/** A post with a photo that no other has. */
export interface Shown {
  readonly postId: string;
  readonly mediaId: string;
  readonly text: string;
}

/** Uploads a photo and publishes it, all of it over the edge. */
export async function show(author: Person, graphql: string, text: string, audience: 'PUBLIC' | 'FOLLOWERS'): Promise<Shown> {
  const noise = { raw: { width: WIDTH / 4, height: HEIGHT / 4, channels: 3 } } as const;
  const bytes = await sharp(randomBytes((WIDTH * HEIGHT * 3) / 16), noise)
    .resize(WIDTH, HEIGHT)
    .jpeg()
    .toBuffer();
  const { media, uploadUrl } = await startUpload(author, bytes, 'photo.jpg', 'image/jpeg');
  await sendByTus(author, uploadUrl, bytes, bytes.length);
  const ready = (await watchMedia(author, graphql, media.id)).at(-1);
  if (ready?.status !== 'READY') throw new Error(`a photo is ${ready?.status ?? 'missing'}`);
  const { post } = await author.does('Publish', { idempotencyKey: randomUUID(), text, audience, media: [{ mediaId: media.id }] });
  return { postId: post.id, mediaId: media.id, text };
}

/** The addresses of a post's photo in every size, as this person is given them. */
export async function addressesFor(person: Guest, { postId }: Shown): Promise<readonly string[]> {
  const { json } = await person.graphql('query ($id: ID!) { node(id: $id) { ... on Post { media { variants { url } } } } }', {
    id: postId,
  });
  const { variants } = json.data.node.media[0] as { readonly variants: readonly { readonly url: string }[] };
  return variants.map(({ url }) => url);
}

/** What of a body no other has: from its middle, where no header is. */
export async function fingerprint(url: string): Promise<Buffer> {
  const { status, body } = await read(url);
  if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
  const middle = Math.floor(body.length / 2);
  return body.subarray(middle, middle + 48);
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Guest, Person } from '@plaza/testing/people';
import { sendByTus, startUpload, watchMedia } from '../media/upload.js';
import { read } from './reader.js';

/** Uploads a film and shows it to followers, all of it over the edge. Returns the post's id. */
export async function showFilm(author: Person, graphql: string): Promise<string> {
  const bytes = readFileSync(new URL('../media/files/bigbuckbunny.mp4', import.meta.url));
  const { media, uploadUrl } = await startUpload(author, bytes, 'film.mp4', 'video/mp4');
  await sendByTus(author, uploadUrl, bytes, bytes.length);
  const ready = (await watchMedia(author, graphql, media.id)).at(-1);
  if (ready?.status !== 'READY') throw new Error(`a film is ${ready?.status ?? 'missing'}`);
  const film = { text: 'a film', audience: 'FOLLOWERS', media: [{ mediaId: media.id }] };
  return (await author.does('Publish', { idempotencyKey: randomUUID(), ...film })).post.id;
}

/** The addresses of the playlists of a post's film, and of the segments of its smallest rendition, as this person is given them. */
export async function filesOf(person: Guest, postId: string): Promise<readonly string[]> {
  const { json } = await person.graphql('query ($id: ID!) { node(id: $id) { ... on Post { media { hlsUrl } } } }', { id: postId });
  const master = String(json.data.node.media[0].hlsUrl);
  const renditions = await namedIn(master);
  return [master, ...renditions, ...(await namedIn(renditions[0] ?? ''))];
}

/** What a playlist names, as a player finds it. */
async function namedIn(playlist: string): Promise<readonly string[]> {
  const { status, body } = await read(playlist);
  if (status !== 200) throw new Error(`${playlist} answered ${String(status)}`);
  const lines = body.toString().split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => new URL(line, playlist).href);
}

import { withClient } from '@plaza/db/with-client';
import type { DatabaseUrls } from '@plaza/embedded/databases';
import { draws } from '@plaza/testing/draws';
import { idOf } from '../dataset/ids.js';
import type { Size } from '../options.js';
import { FIXTURE } from './fixture.js';
import { NAMES, TAGS, WORDS } from './words.js';

const SEED = 20_261_121;
const SLICE = 5_000;
const LANGUAGES = ['en', 'vi', 'zh'] as const;

/** A few are drawn often, most seldom: rank r with a weight of about 1 / (r + 3). */
const zipf = <T>(all: readonly T[], draw: number): T => {
  const [first] = all;
  if (first === undefined) throw new Error('nothing to draw from');
  const q = 3;
  return all[Math.min(all.length - 1, Math.floor(q * ((all.length + q) / q) ** draw - q))] ?? first;
};

/** The text of the n-th post. */
export function textOf(n: number): { readonly text: string; readonly language: string | null } {
  const draw = draws(SEED + n);
  const language = LANGUAGES[n % 3] ?? 'en';
  const words = Array.from({ length: 6 + Math.floor(draw() * 24) }, () => zipf(WORDS[language], draw()));
  const text = language === 'zh' ? words.join('') : words.join(' ');
  const tag = draw() < 0.3 ? ` #${zipf(TAGS, draw())}` : '';
  // Every other author says what they write in.
  return { text: text + tag, language: n % 2 === 0 ? language : null };
}

/** The name of the n-th person. */
export function nameOf(n: number): { readonly handle: string; readonly displayName: string } {
  const draw = draws(SEED ^ (n * 7_919 + 1));
  const [given, family] = [zipf(NAMES.given, draw()), zipf(NAMES.family, draw())];
  const latin = `${given}_${family}`
    .normalize('NFD')
    .replaceAll(/[đĐ]/gu, 'd')
    .replaceAll(/[łŁ]/gu, 'l')
    .toLowerCase()
    .replaceAll(/[^a-z_]/gu, '');
  return { handle: `${latin.length < 3 ? 'user' : latin}${n}`, displayName: `${given} ${family}` };
}

/** Gives the dataset's posts texts and its people names, and mixes the hand-written posts in: among the newest. */
export async function writeMass(urls: DatabaseUrls, size: Size): Promise<void> {
  await withClient(urls.content, async (client) => {
    await client.query('TRUNCATE post_revision');
    for (let from = 0; from < size.posts; from += SLICE) {
      const numbers = Array.from({ length: Math.min(SLICE, size.posts - from) }, (_, index) => from + index);
      const texts = numbers.map(textOf);
      await client.query(
        `UPDATE post SET text = given.text, language = given.language, entities = given.entities
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[]) AS given (id, text, language, entities) WHERE post.id = given.id`,
        [
          numbers.map((n) => idOf('post', n)),
          texts.map(({ text }) => text),
          texts.map(({ language }) => language),
          texts.map(({ text }) => tagsOf(text)),
        ],
      );
    }
    await client.query(
      `INSERT INTO post (id, author_id, text, audience, language, entities, created_at)
       SELECT id, author_id, text, 'PUBLIC', NULL, entities, (SELECT max(created_at) FROM post) - (place % 40) * interval '1 day'
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) WITH ORDINALITY AS given (id, author_id, text, entities, place)`,
      [
        FIXTURE.map((_, index) => idOf('post', size.posts + index)),
        FIXTURE.map((_, index) => idOf('user', (index * 37) % size.users)),
        FIXTURE.map(({ text }) => text),
        FIXTURE.map(({ text }) => tagsOf(text)),
      ],
    );
    await client.query('VACUUM FULL ANALYZE post');
  });
  await withClient(urls.accounts, async (client) => {
    const names = Array.from({ length: size.users }, (_, n) => nameOf(n));
    await client.query(
      `UPDATE users SET handle = given.handle, display_name = given.name FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, handle, name)
       WHERE users.id = given.id`,
      [names.map((_, n) => idOf('user', n)), names.map(({ handle }) => handle), names.map(({ displayName }) => displayName)],
    );
    await client.query('VACUUM ANALYZE users');
  });
}

/** The hashtags of a text as content keeps them. */
const tagsOf = (text: string): string =>
  JSON.stringify(
    [...text.matchAll(/#(?<name>[\p{L}\p{N}_]+)/gu)].map(({ index, 0: { length }, groups }) => ({
      kind: 'hashtag',
      start: index,
      end: index + length,
      name: groups?.['name']?.toLowerCase() ?? '',
    })),
  );

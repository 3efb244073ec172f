import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DemoClient } from './client.js';
import { COMMENTS } from './comments.js';
import { DEMO_PASSWORD, type DemoPerson, PEOPLE } from './people.js';
import { type DemoPost, POSTS } from './posts.js';

/** Where the demo is written to. */
export interface DemoTarget {
  readonly graphqlUrl: string;
  /** Make a READY photo of somebody's. @param ownerId as the graph gives it. @returns the media's id. */
  readonly importPhoto: (ownerId: string, photo: { readonly fileName: string; readonly bytes: Uint8Array }) => Promise<string>;
}

/** Somebody of the demo who is signed in. */
interface Member extends DemoPerson {
  readonly id: string;
  readonly client: DemoClient;
}
type Members = ReadonlyMap<string, Member>;

const Signed = z.object({ session: z.object({ accessToken: z.string() }), viewer: z.object({ user: z.object({ id: z.string() }) }) });
const SIGNED = 'session { accessToken } viewer { user { id } }';
const WithPost = z.object({ post: z.object({ id: z.string() }) });
const Published = z.object({
  user: z.object({ posts: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string(), text: z.string() }) })) }) }),
});
const WithComment = z.object({ comment: z.object({ id: z.string() }) });

const ACCEPTED: readonly (readonly [locked: string, follower: string])[] = [
  ['quang', 'binh'],
  ['quang', 'lan_anh'],
];
const REPOSTS: readonly (readonly [handle: string, post: number])[] = [
  ['marco', 0],
  ['binh', 9],
  ['chen', 6],
  ['mei', 10],
  ['anna', 14],
  ['linh', 43],
  ['nora', 39],
];
const BOOKMARKS: readonly (readonly [handle: string, post: number])[] = [
  ['anna', 49],
  ['linh', 38],
  ['chen', 39],
];

/**
 * Write the demo's people, posts, comments, follows and likes through the public graph. What is there already from a start
 * that was interrupted is kept: names are signed in to, posts are known by their texts, the rest repeats without effect.
 */
export async function writeDemo(target: DemoTarget, at: (detail: string) => void): Promise<void> {
  const guest = new DemoClient(target.graphqlUrl);
  at('people');
  const members: Members = new Map(await Promise.all(PEOPLE.map(async (person) => [person.handle, await join(guest, person)] as const)));
  await follow(members);
  const posts: string[] = [];
  const photos = photosOf(target);
  const published = new Map((await Promise.all([...members.values()].map(postsOf))).flat());
  for (const [i, post] of POSTS.entries()) {
    at(`posts ${String(i + 1)}/${String(POSTS.length)}`);
    posts.push(published.get(post.text) ?? (await publish(memberOf(members, post.author), post, i, photos)));
  }
  at('pictures');
  for (const member of members.values()) {
    await member.client.succeed(
      'updateProfile',
      { avatarId: await photos(member, member.avatar), bio: member.bio, isLocked: member.isLocked ?? false },
      'user { id }',
    );
  }
  at('comments');
  await comment(members, posts);
  at('likes');
  await react(members, posts);
}

async function join(guest: DemoClient, person: DemoPerson): Promise<Member> {
  const registered = await guest.mutate(
    'register',
    { handle: person.handle, displayName: person.displayName, email: `${person.handle}@demo.plaza.example`, password: DEMO_PASSWORD },
    SIGNED,
  );
  const answer =
    registered.__typename === 'HandleTakenError'
      ? await guest.succeed('login', { identifier: person.handle, password: DEMO_PASSWORD }, SIGNED)
      : registered;
  if (!answer.__typename.endsWith('Ok')) throw new Error(`register: ${answer.message ?? answer.__typename}`);
  const { session, viewer } = Signed.parse(answer);
  const client = guest.as(session.accessToken);
  await client.succeed('updatePreferences', { locale: person.locale, timeZone: person.timeZone }, 'preferences { locale }');
  if (person.isLocked === true) await client.succeed('updateProfile', { isLocked: true }, 'user { id }');
  return { ...person, id: viewer.user.id, client };
}

async function follow(members: Members): Promise<void> {
  for (const member of members.values()) {
    for (const handle of member.follows) await member.client.succeed('follow', { userId: memberOf(members, handle).id }, 'user { id }');
  }
  for (const [locked, follower] of ACCEPTED) {
    // Not there any more when an interrupted start came this far.
    await memberOf(members, locked).client.mutate('acceptFollowRequest', { userId: memberOf(members, follower).id }, 'user { id }');
  }
}

type Photos = (owner: Member, file: string) => Promise<string>;

/** Each person's copy of a photo is made once, also when it is both a picture of theirs and in a post. */
function photosOf(target: DemoTarget): Photos {
  const made = new Map<string, Promise<string>>();
  return async (owner, file) => {
    const key = `${owner.handle} ${file}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const bytes = await readFile(new URL(`photos/${file}`, import.meta.url));
    const id = target.importPhoto(owner.id, { fileName: file, bytes });
    made.set(key, id);
    return id;
  };
}

/** The texts and ids of what somebody has published already. */
async function postsOf(member: Member): Promise<[string, string][]> {
  const data = await member.client.query(
    'query Demo($handle: String!) { user(handle: $handle) { posts(first: 100) { edges { node { id text } } } } }',
    {
      handle: member.handle,
    },
  );
  return Published.parse(data).user.posts.edges.map(({ node }) => [node.text, node.id]);
}

async function publish(author: Member, post: DemoPost, place: number, photos: Photos): Promise<string> {
  const media = post.photo === undefined ? [] : [{ mediaId: await photos(author, post.photo[0]), altText: post.photo[1] }];
  const { text, language, audience = 'PUBLIC', contentWarning = null } = post;
  const input = { idempotencyKey: `demo-post-${String(place)}`, text, language, audience, contentWarning, media };
  return WithPost.parse(await author.client.succeed('publishPost', input, 'post { id }')).post.id;
}

async function comment(members: Members, posts: readonly string[]): Promise<void> {
  const ids: string[] = [];
  for (const [i, { post, author, text, answers }] of COMMENTS.entries()) {
    const replyToId = answers === undefined ? null : ids[answers];
    const input = { idempotencyKey: `demo-comment-${String(i)}`, postId: posts[post], text, replyToId };
    const added = await memberOf(members, author).client.succeed('addComment', input, 'comment { id }');
    ids.push(WithComment.parse(added).comment.id);
  }
}

/** A third of the people like each public post; a few repost and keep one. */
async function react(members: Members, posts: readonly string[]): Promise<void> {
  const likes = async (member: Member, who: number): Promise<void> => {
    for (const [i, post] of POSTS.entries()) {
      const likesIt = post.audience === undefined && post.author !== member.handle && (7 * i + 5 * who + i * who) % 3 === 0;
      if (likesIt) await member.client.succeed('likePost', { postId: posts[i] }, 'post { id }');
    }
  };
  await Promise.all([...members.values()].map(likes));
  for (const [handle, post] of REPOSTS) await memberOf(members, handle).client.succeed('repost', { postId: posts[post] }, 'post { id }');
  for (const [handle, post] of BOOKMARKS)
    await memberOf(members, handle).client.succeed('bookmarkPost', { postId: posts[post] }, 'post { id }');
}

function memberOf(members: Members, handle: string): Member {
  const member = members.get(handle);
  if (member === undefined) throw new Error(`the demo has nobody called ${handle}`);
  return member;
}

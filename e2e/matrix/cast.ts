import { setUserState } from '@plaza/calls/contracts/accounts.calls';
import type { Guest, Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { type AudienceKind, AUDIENCES, type StateKind, STATES, VIEWERS, type ViewerKind } from './oracle.js';

/** An author in one state, with a post for each audience. */
export interface Author {
  readonly person: Person;
  readonly posts: Readonly<Record<AudienceKind, string>>;
  /** Eve's comment on each post. */
  readonly comments: Readonly<Record<AudienceKind, string>>;
  /** The author's comment on Eve's post. */
  readonly ownComment: string;
}

/** Everybody on the stage. */
export interface Cast {
  readonly authors: Readonly<Record<StateKind, Author>>;
  readonly viewers: Readonly<Record<Exclude<ViewerKind, 'author' | 'guest'>, Person>>;
  readonly guest: Guest;
  /** On good terms with everybody; every author follows her, comments on her post and is mentioned in it, and she reposts their public posts. */
  readonly eve: Person;
  readonly evesPost: string;
}

const record = <K extends string, V>(entries: readonly (readonly [K, V])[]): Readonly<Record<K, V>> =>
  Object.fromEntries(entries) as Record<K, V>;

/** Sets the stage while everybody is there, then puts each author into their state. */
export async function gather(world: World): Promise<Cast> {
  const kinds = VIEWERS.filter((kind) => kind !== 'author' && kind !== 'guest');
  const viewers = record(await Promise.all(kinds.map(async (kind) => [kind, await world.person(kind)] as const)));
  const eve = await world.person('eve');
  for (const viewer of Object.values(viewers)) await viewer.follows(eve);
  const people = record(await Promise.all(STATES.map(async (state) => [state, await world.person(state.toLowerCase())] as const)));
  const evesPost = await eve.publishes(`hello ${STATES.map((state) => `@${people[state].handle}`).join(' ')}`);

  const authors = record(
    await Promise.all(STATES.map(async (state) => [state, await stageAuthor(people[state], viewers, eve, evesPost)] as const)),
  );
  await world.settled();
  for (const state of STATES) {
    if (state !== 'ACTIVE' && state !== 'LOCKED') await world.ask(setUserState, { userId: people[state].uuid, state });
  }
  await world.settled();
  // The published bound after which a change of state is seen everywhere.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  return { authors, viewers, guest: world.guest(), eve, evesPost };
}

async function stageAuthor(person: Person, viewers: Cast['viewers'], eve: Person, evesPost: string): Promise<Author> {
  await person.follows(eve);
  await viewers.follower.follows(person);
  await viewers.mutual.follows(person);
  await person.follows(viewers.mutual);
  await eve.follows(person);
  await person.follows(viewers.followed);
  await person.does('UpdateProfile', { isLocked: true });
  await viewers.requested.follows(person);
  const posts = record(
    await Promise.all(
      AUDIENCES.map(async (audience) => [audience, await person.publishes(`${audience} of ${person.handle}`, { audience })] as const),
    ),
  );
  const comments = record(
    await Promise.all(
      AUDIENCES.map(
        async (audience) => [audience, await (audience === 'ONLY_ME' ? person : eve).comments(posts[audience], 'well said')] as const,
      ),
    ),
  );
  const ownComment = await person.comments(evesPost, `from ${person.handle}`);
  await eve.reposts(posts.PUBLIC);
  // What may be seen now is bookmarked now, and must leave the list when it goes.
  for (const viewer of Object.values(viewers)) await viewer.bookmarks(posts.PUBLIC);
  await viewers.mutual.bookmarks(posts.MUTUALS);
  await viewers.follower.bookmarks(posts.FOLLOWERS);
  if (!person.handle.startsWith('locked')) await person.does('UpdateProfile', { isLocked: false });
  await viewers.muter.mutes(person);
  await viewers.blocker.blocks(person);
  await person.blocks(viewers.blocked);
  return { person, posts, comments, ownComment };
}

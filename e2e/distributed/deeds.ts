import { randomUUID } from 'node:crypto';
import type { Person, RawAnswer } from '@plaza/testing/people';
import { one } from '../live/many.js';
import { trusted } from '../story/documents.js';

/** What is there to be read and written to. */
export interface Square {
  readonly people: readonly Person[];
  readonly posts: readonly string[];
  readonly conversations: readonly { readonly id: string; readonly members: readonly Person[] }[];
  /** A post with a photo, and the address of the photo's bytes. */
  readonly pictured: string;
  readonly photo: string;
}

/** As it came, and the post that it is about where that matters. */
export type DeedAnswer = RawAnswer & { readonly about?: string };

/** One thing that somebody does at the public door. */
export interface Deed {
  readonly name: string;
  /** Whether it must go on whatever engine is away. */
  readonly isCore: boolean;
  readonly run: (square: Square) => Promise<DeedAnswer>;
}

/** An operation of the manifest, as it comes. */
export const plays = (person: Person, operation: string, variables: Record<string, unknown>): Promise<RawAnswer> =>
  person.graphql(trusted(operation).body, variables);
/** The id of the comment that an answer to its writing has. */
export const commentIn = ({ json }: RawAnswer): string | undefined => json.data?.addComment?.comment?.id;

const does = (person: Person, operation: string, input: Record<string, unknown>): Promise<RawAnswer> => plays(person, operation, { input });

const POST: Deed = {
  name: 'read a post and its comments',
  isCore: true,
  run: ({ people, posts }) => plays(one(people), 'PostThread', { id: one(posts) }),
};
const HOME: Deed = { name: 'read the home feed', isCore: true, run: ({ people }) => plays(one(people), 'Home', { first: 20 }) };
const PROFILE: Deed = {
  name: 'read a profile',
  isCore: true,
  run: ({ people }) => plays(one(people), 'Profile', { handle: one(people).handle }),
};
const COMMENT: Deed = {
  name: 'comment',
  isCore: true,
  async run({ people, posts }) {
    const postId = one(posts);
    return { ...(await does(one(people), 'Comment', { idempotencyKey: randomUUID(), postId, text: 'still here' })), about: postId };
  },
};
const LIKE: Deed = {
  name: 'like or unlike',
  isCore: true,
  run: ({ people, posts }) => does(one(people), one(['Like', 'Unlike']), { postId: one(posts) }),
};
const PUBLISH: Deed = {
  name: 'publish',
  isCore: true,
  run: ({ people }) => does(one(people), 'Publish', { idempotencyKey: randomUUID(), text: 'another day' }),
};
const SEND: Deed = {
  name: 'send a message',
  isCore: true,
  run({ conversations }) {
    const { id, members } = one(conversations);
    return does(one(members), 'Send', { conversationId: id, clientMessageId: randomUUID(), text: 'are you there?' });
  },
};
const INBOX: Deed = { name: 'read the inbox', isCore: true, run: ({ people }) => plays(one(people), 'Chats', {}) };
const SEARCH: Deed = {
  name: 'search',
  isCore: false,
  run: ({ people }) => plays(one(people), 'Search', { query: 'day', first: 10 }),
};
const SUGGEST: Deed = { name: 'suggest searches', isCore: false, run: ({ people }) => plays(one(people), 'Suggest', { prefix: 'los' }) };
const DISCOVER: Deed = { name: 'trends and people', isCore: false, run: ({ people }) => plays(one(people), 'Discover', {}) };
const PHOTO: Deed = {
  name: 'see a photo',
  isCore: false,
  async run({ photo }) {
    // Asked of whoever has it, and of no cache.
    const response = await fetch(photo, { cache: 'no-store' });
    await response.arrayBuffer();
    return { status: response.status, body: '', json: {} };
  },
};

/** Each as often as it comes, in turn: three in four are core. */
export const DEEDS: readonly Deed[] = [
  HOME,
  COMMENT,
  POST,
  SEARCH,
  PROFILE,
  LIKE,
  HOME,
  PHOTO,
  PUBLISH,
  POST,
  SEND,
  DISCOVER,
  INBOX,
  LIKE,
  COMMENT,
  SUGGEST,
];

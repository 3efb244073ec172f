import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromTypeId } from '@plaza/kernel/type-id';

/** What a test reads of an answer: documents are checked against the schema elsewhere, so a test may simply look. */
// oxlint-disable-next-line typescript/no-explicit-any -- many shapes
export type Answer = any;

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Byte for byte. */
  readonly body: string;
  readonly json: {
    readonly data?: Answer;
    readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[]; readonly extensions?: Answer }[];
  };
}

export type Audience = 'PUBLIC' | 'FOLLOWERS' | 'MUTUALS' | 'ONLY_ME';

/** The mutation answered with a member of UserError. */
export class Refused extends Error {
  /** `NOT_FOUND`, `VALIDATION` … */
  readonly code: string;
  readonly payload: Answer;

  constructor(mutation: string, payload: Answer) {
    super(`${mutation}: ${payload.code} ${payload.message} ${JSON.stringify(payload.fields ?? '')}`);
    this.code = payload.code;
    this.payload = payload;
  }
}

const documents = new Map<string, string>();

/** A document of schema/operations. */
function operation(name: string): string {
  let text = documents.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`../../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');
    documents.set(name, text);
  }
  return text;
}

/** Somebody at the public door, without an account. */
export class Guest {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  protected get headers(): Readonly<Record<string, string>> {
    return {};
  }

  /** Any document, and the answer as it came. */
  async graphql(query: string, variables: Record<string, unknown> = {}): Promise<RawAnswer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = await response.text();
    return { status: response.status, body, json: JSON.parse(body) };
  }

  /** A document of schema/operations: its data. @throws Error when the answer has errors. */
  async plays(name: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const { body, json } = await this.graphql(operation(name), variables);
    if (json.errors !== undefined || json.data == null) throw new Error(`${name} answered ${body}`);
    return json.data;
  }

  /** A mutation of schema/operations: its payload. @throws Refused for a UserError. */
  async does(name: string, input: Record<string, unknown>): Promise<Answer> {
    const data: Record<string, Answer> = await this.plays(name, { input });
    const [payload] = Object.values(data);
    if (payload?.code !== undefined) throw new Refused(name, payload);
    return payload;
  }

  /** A thing by its id: its type and id, and a post's text; null when it is hidden or missing. */
  async reads(id: string): Promise<Answer> {
    const { json, body } = await this.graphql('query($id: ID!) { node(id: $id) { __typename id ... on Post { text author { id } } } }', {
      id,
    });
    if (json.errors !== undefined) throw new Error(`node answered ${body}`);
    return json.data.node;
  }
}

/** Somebody with an account, and what they do. */
export class Person extends Guest {
  /** As in the graph: user_… */
  readonly id: string;
  /** The user's UUID, as subgraphs know it. */
  readonly uuid: string;
  readonly handle: string;
  readonly email: string;
  readonly password: string;
  tokens: { readonly accessToken: string; readonly refreshToken: string };

  constructor(url: string, account: Pick<Person, 'id' | 'handle' | 'email' | 'password' | 'tokens'>) {
    super(url);
    this.id = account.id;
    this.uuid = fromTypeId('user', account.id) ?? '';
    this.handle = account.handle;
    this.email = account.email;
    this.password = account.password;
    this.tokens = account.tokens;
  }

  protected override get headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.tokens.accessToken}` };
  }

  /** Returns the post's id. */
  async publishes(
    text: string,
    more: { readonly audience?: Audience; readonly productIds?: readonly string[]; readonly language?: string } = {},
  ): Promise<string> {
    const { post } = await this.does('Publish', { idempotencyKey: randomUUID(), text, ...more });
    return post.id;
  }

  async edits(postId: string, change: Record<string, unknown>): Promise<Answer> {
    return (await this.does('Edit', { postId, ...change })).post;
  }

  async deletes(postId: string): Promise<void> {
    await this.does('DeletePost', { postId });
  }

  async restores(postId: string): Promise<void> {
    await this.does('RestorePost', { postId });
  }

  async likes(postId: string): Promise<Answer> {
    return (await this.does('Like', { postId })).post;
  }

  async unlikes(postId: string): Promise<Answer> {
    return (await this.does('Unlike', { postId })).post;
  }

  /** Returns the comment's id. */
  async comments(postId: string, text: string, replyToId?: string): Promise<string> {
    return (await this.does('Comment', { idempotencyKey: randomUUID(), postId, text, ...(replyToId === undefined ? {} : { replyToId }) }))
      .comment.id;
  }

  async reposts(postId: string): Promise<Answer> {
    return (await this.does('Repost', { postId })).post;
  }

  async bookmarks(postId: string): Promise<void> {
    await this.does('BookmarkPost', { postId });
  }

  async follows(person: Person): Promise<Answer> {
    return (await this.does('Follow', { userId: person.id })).user;
  }

  async unfollows(person: Person): Promise<Answer> {
    return (await this.does('Unfollow', { userId: person.id })).user;
  }

  async accepts(person: Person): Promise<void> {
    await this.does('AcceptFollowRequest', { userId: person.id });
  }

  async blocks(person: Person): Promise<void> {
    await this.does('Block', { userId: person.id });
  }

  async unblocks(person: Person): Promise<void> {
    await this.does('Unblock', { userId: person.id });
  }

  async mutes(person: Person): Promise<void> {
    await this.does('Mute', { userId: person.id });
  }

  async unmutes(person: Person): Promise<void> {
    await this.does('Unmute', { userId: person.id });
  }

  /** The first page of the home feed, the newest first: whole edges of `Home`. */
  async home(first = 20): Promise<readonly Answer[]> {
    return (await this.plays('Home', { first })).me.homeFeed.edges;
  }

  /** The ids of {@link home}. */
  async homeIds(first = 20): Promise<readonly string[]> {
    return (await this.home(first)).map(({ node }) => node.id);
  }
}

/** Registers somebody whose handle begins with this name. */
export async function register(url: string, name: string): Promise<Person> {
  const handle = `${name}_${randomUUID().slice(0, 8)}`;
  const email = `${handle}@example.org`;
  const password = 'a long walk by West Lake';
  const { session, viewer } = await new Guest(url).does('Register', { handle, displayName: name, email, password });
  return new Person(url, { id: viewer.user.id, handle, email, password, tokens: session });
}

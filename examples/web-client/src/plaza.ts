import { type ApolloCache, ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { type Client, createClient } from 'graphql-ws';
import {
  PostCommentsDocument,
  type PostCommentsQuery,
  PostHappeningsDocument,
  type PostHappeningsSubscription,
  SignInDocument,
} from './operations.generated.js';

/** What Plaza knows this client's operations by: the part of a persisted query manifest that a client needs. */
export interface Manifest {
  readonly operations: readonly { readonly name: string; readonly id: string }[];
}

export interface PlazaOptions {
  /** The graph: http://localhost:4000/graphql */
  readonly url: string;
  readonly manifest: Manifest;
  /** The browser's own without it. */
  readonly webSocketImpl?: unknown;
  readonly fetch?: typeof fetch;
}

/** Somebody's Plaza: the client whose cache pages look at, and the few things that are more than one operation. */
export interface Plaza {
  readonly client: ApolloClient;
  /** @returns the handle of whoever has signed in; null for another password */
  signIn(identifier: string, password: string): Promise<string | null>;
  /** Shows a post's newest comments, again whenever they change, until the function that this returns is called; its counts in the cache change too. */
  follow(postId: string, show: (comments: readonly SeenComment[]) => void): () => void;
  close(): Promise<void>;
}

type SeenPost = Extract<NonNullable<PostCommentsQuery['node']>, { readonly __typename: 'Post' }>;
type Edges = NonNullable<SeenPost['comments']>['edges'];
export type SeenComment = Edges[number]['node'];

/** How many comments are there when somebody begins to look. */
const FIRST_COMMENTS = 20;

/** What stands behind the abstract types that this client asks: the cache has no schema. */
const POSSIBLE_TYPES = {
  FeedItem: ['Post'],
  LikePostResult: ['LikePostOk', 'NotFoundError'],
  LoginResult: ['InvalidCredentialsError', 'LoginOk'],
  Node: ['Post'],
  PostActivity: ['CommentAdded', 'CommentDeleted', 'CommentEdited', 'PostLiked', 'PostUnliked', 'Resync'],
  UnlikePostResult: ['NotFoundError', 'UnlikePostOk'],
};

/** Connects to a Plaza. Documents are sent by their ids alone, over both wires: so they run where PLAZA_SAFELIST is on, too. */
export function connect({ url, manifest, webSocketImpl, fetch: fetching = fetch }: PlazaOptions): Plaza {
  let token: string | null = null;
  const ids = new Map(manifest.operations.map(({ name, id }) => [name, id]));
  const authorization = (): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` });

  const byId = new ApolloLink((operation, forward) => {
    operation.extensions['persistedQuery'] = persistedQuery(ids, operation.operationName);
    operation.setContext({ headers: authorization(), http: { includeExtensions: true, includeQuery: false } });
    return forward(operation);
  });
  const http = new HttpLink({ uri: url, fetch: fetching });
  const socket = createClient({
    url: url.replace(/^http/u, 'ws'),
    connectionParams: authorization,
    lazyCloseTimeout: 5_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    // Every end of a line is one that comes again: what was missed is asked for by the last cursor.
    shouldRetry: () => true,
    ...(webSocketImpl === undefined ? {} : { webSocketImpl }),
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes: POSSIBLE_TYPES }),
    link: ApolloLink.from([byId, ApolloLink.split(({ operationType }) => operationType === 'subscription', live(socket), http)]),
  });

  return {
    client,

    async signIn(identifier, password) {
      const { data } = await client.mutate({ mutation: SignInDocument, variables: { input: { identifier, password } } });
      if (data?.login?.__typename !== 'LoginOk') return null;
      token = data.login.session.accessToken;
      await client.resetStore();
      return data.login.viewer.user?.handle ?? identifier;
    },

    follow(postId, show) {
      const over = new AbortController();
      const whenOver = (end: { unsubscribe: () => void }): void => over.signal.addEventListener('abort', () => end.unsubscribe());
      const seen = { query: PostCommentsDocument, variables: { id: postId, first: FIRST_COMMENTS } };
      void (async () => {
        const { data } = await client.query({ ...seen, fetchPolicy: 'network-only' });
        if (over.signal.aborted || data?.node?.__typename !== 'Post') return;
        whenOver(
          client.watchQuery({ ...seen, fetchPolicy: 'cache-only' }).subscribe(({ data: now }) => {
            if (now?.node?.__typename === 'Post') show(commentsIn(now.node as SeenPost)); // whole: the cache has all of it
          }),
        );
        const happenings = { query: PostHappeningsDocument, variables: { postId, after: data.node.activityCursor ?? null } };
        whenOver(
          client.subscribe(happenings).subscribe(({ data: event }) => {
            if (event == null) return;
            note(client.cache, postId, event.postActivity);
            // Too long ago: the log does not have all of it any more.
            if (event.postActivity.__typename === 'Resync') void client.query({ ...seen, fetchPolicy: 'network-only' });
          }),
        );
      })();
      return () => over.abort();
    },

    async close() {
      client.stop();
      await socket.dispose();
    },
  };
}

const commentsIn = (post: SeenPost): readonly SeenComment[] => post.comments?.edges.map(({ node }) => node) ?? [];

/** Writes what has happened to a post where every page looks. */
function note(cache: ApolloCache, postId: string, event: PostHappeningsSubscription['postActivity']): void {
  const count = (fields: Readonly<Record<string, number>>): void => {
    const id = cache.identify({ __typename: 'Post', id: postId });
    if (id === undefined) return;
    cache.modify({ id, fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, () => value])) });
  };
  const change = (edges: (before: Edges) => Edges): void => {
    cache.updateQuery({ query: PostCommentsDocument, variables: { id: postId, first: FIRST_COMMENTS } }, (data) => {
      if (data?.node?.__typename !== 'Post' || data.node.comments === null) return data;
      return { ...data, node: { ...data.node, comments: { ...data.node.comments, edges: edges(data.node.comments.edges) } } };
    });
  };
  switch (event.__typename) {
    case 'PostLiked':
    case 'PostUnliked':
      count({ likeCount: event.likeCount });
      return;
    case 'CommentAdded': {
      const { comment, commentCount } = event;
      change((edges) => [{ __typename: 'CommentEdge', cursor: event.cursor, node: comment }, ...edges]);
      count({ commentCount });
      return;
    }
    case 'CommentDeleted':
      change((edges) => edges.filter(({ node }) => node.id !== event.commentId));
      count({ commentCount: event.commentCount });
      return;
    // What an edit brings the cache has taken by itself.
    case 'CommentEdited':
    case 'Resync':
  }
}

/** As Apollo's clients say which document is meant. */
function persistedQuery(ids: ReadonlyMap<string, string>, name: string | undefined) {
  const sha256Hash = ids.get(name ?? '');
  if (sha256Hash === undefined) throw new Error(`The manifest has no operation ${name}: npm run compose`);
  return { version: 1, sha256Hash };
}

/**
 * Subscriptions over a socket. After a break the library sends the same payload again: its `after` is by then the cursor of the last event, so nothing
 * is missed and nothing comes twice.
 */
const live = (socket: Client): ApolloLink =>
  new ApolloLink(
    ({ operationName, variables, extensions }) =>
      new Observable((sink) => {
        let seen: unknown = variables['after'];
        const payload = {
          query: '',
          operationName,
          extensions,
          variables: {
            ...variables,
            get after() {
              return seen;
            },
          },
        };
        return socket.subscribe<Record<string, { readonly cursor?: string } | null>>(payload, {
          next: (result) => {
            const [event] = Object.values(result.data ?? {});
            seen = event?.cursor ?? seen;
            sink.next(result as ApolloLink.Result);
          },
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        });
      }),
  );

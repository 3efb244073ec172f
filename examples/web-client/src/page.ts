import manifest from '../../../schema/operations/clients/web-client.json';
import { HomePageDocument, type HomePageQuery, LikePostDocument, UnlikePostDocument } from './operations.generated.js';
import { connect, type SeenComment } from './plaza.js';

/** `?plaza=https://…/graphql`, or a Plaza of this machine. */
const url = new URLSearchParams(location.search).get('plaza') ?? 'http://localhost:4000/graphql';
const plaza = connect({ url, manifest });

type Post = Extract<NonNullable<HomePageQuery['me']>['homeFeed'], object>['edges'][number]['node'];

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function found<Name extends keyof HTMLElementTagNameMap>(selector: string, name: Name): HTMLElementTagNameMap[Name] {
  const there = document.querySelector<HTMLElementTagNameMap[Name]>(`${name}${selector}`);
  if (there === null) throw new Error(`The page has no ${name}${selector}.`);
  return there;
}

const form = found('#sign-in', 'form');
const main = found('', 'main');
const older = found('#older', 'button');

const tell = (notice: string): void => void (found('#notice', 'p').textContent = notice);
/** Tells what goes wrong on the way. */
const attempt = (work: Promise<unknown>): void =>
  void work.then(
    () => tell(''),
    (error: unknown) => tell(`That did not work: ${error instanceof Error ? error.message : String(error)}`),
  );

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = element('button', text);
  made.ariaLabel = label;
  made.addEventListener('click', press);
  return made;
}

/** One of the home feed. It is drawn anew whenever the cache has something else for it. */
function drawn(post: Post): HTMLElement {
  const article = element('article');
  article.id = post.id;
  const header = element('header');
  const time = element('time', DATE.format(new Date(post.createdAt)));
  time.dateTime = post.createdAt;
  header.append(element('strong', post.author?.displayName ?? 'Somebody'), element('span', `@${post.author?.handle ?? '–'}`), time);
  const isLiked = post.viewerHasLiked === true;
  const like = button(`${isLiked ? '♥' : '♡'} ${post.likeCount ?? '–'}`, `Like, ${post.likeCount ?? 'some'} likes`, () => {
    attempt(plaza.client.mutate({ mutation: isLiked ? UnlikePostDocument : LikePostDocument, variables: { input: { postId: post.id } } }));
  });
  like.ariaPressed = String(isLiked);
  const isOpen = post.id === followed?.postId;
  const comments = button(`Comments: ${post.commentCount ?? '–'}`, `Comments, ${post.commentCount ?? 'some'}`, () => follow(post.id));
  comments.ariaExpanded = String(isOpen);
  article.append(header, element('p', post.text), like, ' ', comments);
  if (isOpen && followed !== null) article.append(followed.list);
  return article;
}

/** The post whose comments are shown as they come. */
let followed: { readonly postId: string; readonly list: HTMLElement; readonly end: () => void } | null = null;

/** Opens a post's comments in place of those that are open, or closes them again. */
function follow(postId: string): void {
  const before = followed;
  before?.end();
  followed = null;
  if (before?.postId !== postId) {
    const list = element('ul');
    const none = element('li', 'No comments yet.');
    none.className = 'none';
    const show = (comments: readonly SeenComment[]): void => {
      const items = comments.map(({ author, text }) => {
        const item = element('li');
        item.append(element('strong', author?.handle ?? 'somebody'), ` ${text ?? ''}`);
        return item;
      });
      list.replaceChildren(...(items.length === 0 ? [none] : items));
    };
    followed = { postId, list, end: plaza.follow(postId, show) };
  }
  draw();
}

let posts: readonly Post[] = [];

/** Anew, and whoever stands on a button of a post by keyboard stays there. */
function draw(): void {
  const { activeElement: active } = document;
  const place = active?.closest('article');
  const which = [...(place?.querySelectorAll('button') ?? [])].findIndex((one) => one === active);
  main.replaceChildren(...posts.map(drawn));
  if (place != null) document.getElementById(place.id)?.querySelectorAll('button')[which]?.focus();
}

function readHome(): void {
  const home = plaza.client.watchQuery({ query: HomePageDocument, variables: { first: 20 } });
  let after: string | null = null;
  home.subscribe(({ data, error, loading, dataState }) => {
    if (error !== undefined) tell(`The home feed cannot be read: ${error.message}`);
    if (loading || dataState !== 'complete') return;
    const feed = data.me?.homeFeed;
    after = feed?.pageInfo.endCursor ?? null;
    older.hidden = feed?.pageInfo.hasNextPage !== true;
    posts = feed?.edges.map(({ node }) => node) ?? [];
    tell(posts.length === 0 ? 'Nothing yet. Whoever follows somebody sees their posts here.' : '');
    draw();
  });
  older.addEventListener('click', () =>
    attempt(home.fetchMore({ variables: { after }, updateQuery: (shown, { fetchMoreResult }) => joined(shown, fetchMoreResult) })),
  );
}

/** Two pages as one. */
function joined(shown: HomePageQuery, next: HomePageQuery): HomePageQuery {
  const [first, second] = [shown.me?.homeFeed, next.me?.homeFeed];
  if (shown.me == null || first == null || second == null) return shown;
  return { me: { ...shown.me, homeFeed: { ...second, edges: [...first.edges, ...second.edges] } } };
}

async function signIn(): Promise<void> {
  const given = new FormData(form);
  const text = (name: string): string => {
    const value = given.get(name);
    return typeof value === 'string' ? value : '';
  };
  if ((await plaza.signIn(text('identifier'), text('password'))) === null) throw new Error('no such account, or another password.');
  form.hidden = true;
  main.hidden = false;
  readHome();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(signIn());
});

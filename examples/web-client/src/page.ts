import manifest from '../../../schema/operations/clients/web-client.json';
import { HomePageDocument, type HomePageQuery, LikePostDocument, UnlikePostDocument } from './operations.generated.js';
import { connect, type SeenComment } from './plaza.js';

/** `?plaza=https://…/graphql`, or a Plaza of this machine. */
const url = new URLSearchParams(location.search).get('plaza') ?? 'http://localhost:4000/graphql';
const plaza = connect({ url, manifest });

type Post = Extract<NonNullable<HomePageQuery['me']>['homeFeed'], object>['edges'][number]['node'];

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function found<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  const there = document.querySelector(name);
  if (there === null) throw new Error(`The page has no ${name}.`);
  return there;
}

/** One of the home feed. It is drawn anew whenever the cache has something else for it. */
function drawn(post: Post): HTMLElement {
  const article = element('article');
  const like = element('button', `${post.viewerHasLiked === true ? '♥' : '♡'} ${post.likeCount ?? '–'}`);
  like.addEventListener('click', () => {
    const mutation = post.viewerHasLiked === true ? UnlikePostDocument : LikePostDocument;
    void plaza.client.mutate({ mutation, variables: { input: { postId: post.id } } });
  });
  const open = element('button', `Comments: ${post.commentCount ?? '–'}`);
  open.addEventListener('click', () => follow(post.id));
  article.append(element('strong', post.author?.displayName ?? 'Somebody'), element('p', post.text), like, ' ', open);
  if (post.id === followed?.postId) article.append(followed.list);
  return article;
}

/** The post whose comments are shown as they come. */
let followed: { readonly postId: string; readonly list: HTMLElement; readonly end: () => void } | null = null;

function follow(postId: string): void {
  followed?.end();
  const list = element('ul');
  const show = (comments: readonly SeenComment[]): void =>
    list.replaceChildren(...comments.map(({ author, text }) => element('li', `${author?.handle ?? 'somebody'}: ${text ?? ''}`)));
  followed = { postId, list, end: plaza.follow(postId, show) };
  draw();
}

let posts: readonly Post[] = [];
const draw = (): void => found('main').replaceChildren(...posts.map(drawn));

function readHome(): void {
  const home = plaza.client.watchQuery({ query: HomePageDocument, variables: { first: 20 } });
  home.subscribe(({ data, error }) => {
    if (error !== undefined) found('p').textContent = error.message;
    const { me } = data as HomePageQuery;
    posts = me?.homeFeed?.edges.map(({ node }) => node) ?? [];
    draw();
  });
}

found('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(found('form'));
  const given = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  void plaza.signIn(given('identifier'), given('password')).then(
    (handle) => {
      found('p').textContent = handle === null ? 'No such account, or another password.' : '';
      if (handle === null) return;
      found('form').hidden = true;
      found('main').hidden = false;
      readHome();
    },
    (error: unknown) => {
      found('p').textContent = String(error);
    },
  );
});

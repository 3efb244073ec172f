import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionsOf } from './conditions.js';
import { parseQuery } from './query-language.js';
import type { IndexChange, IndexDocument, IndexHit, IndexQuery, SearchIndex } from './search-index.js';

/** An empty index of a test's own. */
export interface IndexUnderTest {
  readonly index: SearchIndex;
  readonly close: () => Promise<void>;
}

const NOW = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);
const author = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ANNA, BINH, CHEN] = [author(1), author(2), author(3)];

function post(id: string, text: string, more: Partial<IndexDocument> = {}): IndexDocument {
  return {
    kind: 'POST',
    id,
    authorId: ANNA,
    isPublic: true,
    language: null,
    createdAt: daysAgo(1),
    traits: [],
    fields: [{ text, importance: 'TEXT' }],
    names: [],
    label: null,
    weight: 0,
    ...more,
  };
}

function person(id: string, handle: string, displayName: string, weight = 0): IndexDocument {
  const fields = [`@${handle}`, displayName].map((text) => ({ text, importance: 'NAME' as const }));
  return { ...post(id, ''), kind: 'USER', authorId: id, fields, names: [handle, displayName], label: `@${handle}`, weight };
}

function hashtag(name: string, weight = 0): IndexDocument {
  return {
    ...post(name, ''),
    kind: 'HASHTAG',
    authorId: null,
    fields: [{ text: `#${name}`, importance: 'NAME' }],
    names: [name],
    label: `#${name}`,
    weight,
  };
}

const versioned = (version: number, documents: readonly IndexDocument[]): readonly IndexChange[] =>
  documents.map((document) => ({ version, document }));

/** A question of everything that is known, for the words of a query. */
export function asked(query: string, more: Partial<IndexQuery> = {}): IndexQuery {
  return {
    ...conditionsOf(parseQuery(query).clauses),
    kinds: null,
    authorIds: null,
    notAuthorIds: [],
    languages: null,
    notLanguages: [],
    traits: [],
    notTraits: [],
    since: null,
    before: null,
    readsAlsoBy: [],
    asOf: NOW,
    after: null,
    limit: 100,
    ...more,
  };
}

/** What every engine behind {@link SearchIndex} keeps. `make` gives a fresh, empty one. */
export function searchIndexContract(engine: string, make: () => Promise<IndexUnderTest>): void {
  describe(`a search index on ${engine}`, () => {
    let under: IndexUnderTest;
    let index: SearchIndex;
    let version = 0;
    beforeEach(async () => {
      under = await make();
      ({ index } = under);
    });
    afterEach(() => under.close());

    const put = (...documents: readonly IndexDocument[]) => index.apply(versioned((version += 1), documents));
    const ids = (hits: readonly IndexHit[]): readonly string[] => hits.map(({ id }) => id);
    const find = async (query: string, more: Partial<IndexQuery> = {}) => ids(await index.query(asked(query, more)));
    const suggested = async (prefix: string, near: readonly string[] = [], limit = 10) =>
      (await index.suggest({ prefix, kinds: null, near, limit })).map(({ label }) => label);

    describe('finding', () => {
      it('asks for all words, wherever they stand', async () => {
        await put(post('a', 'green tea in the morning'), post('b', 'green apples'), post('c', 'tea that is green'));
        expect((await find('green tea')).toSorted()).toEqual(['a', 'c']);
        expect(await find('green coffee')).toEqual([]);
      });

      it('does not mind case, width, accents and plural', async () => {
        await put(post('a', 'Phở bò ở ĐÀ NẴNG'), post('b', 'ＷＯＲＮ Shoes'));
        expect(await find('pho da nang')).toEqual(['a']);
        expect(await find('worn shoe')).toEqual(['b']);
      });

      it('puts exact accents before others', async () => {
        await put(post('a', 'ma ma ma'), post('b', 'má'), post('c', 'mà'));
        expect((await find('má'))[0]).toBe('b');
        expect((await find('mà'))[0]).toBe('c');
        expect(await find('ma')).toHaveLength(3);
      });

      it('finds Chinese words and parts of them, whole words first', async () => {
        await put(
          post('a', '产品和服务都很好', { createdAt: NOW }),
          post('b', '她穿着和服', { createdAt: daysAgo(2) }),
          post('c', '我喜欢绿茶'),
        );
        expect(await find('和服')).toEqual(['b', 'a']);
        expect(await find('绿茶')).toEqual(['c']);
        expect(await find('茶')).toEqual(['c']);
        expect(await find('"茶绿"')).toEqual([]);
      });

      it('finds Thai and Japanese words', async () => {
        await put(post('a', 'ฉันชอบกาแฟมาก'), post('b', '東京タワーに行きました'));
        expect(await find('กาแฟ')).toEqual(['a']);
        expect(await find('東京')).toEqual(['b']);
        expect(await find('タワー')).toEqual(['b']);
      });

      it('keeps a phrase together', async () => {
        await put(post('a', 'a green tea'), post('b', 'tea, green'), post('c', '绿茶好喝'), post('d', '好喝的绿茶'));
        expect(await find('"green tea"')).toEqual(['a']);
        expect(await find('"绿茶好喝"')).toEqual(['c']);
      });

      it('leaves out what is not wanted', async () => {
        await put(post('a', 'green tea'), post('b', 'green tea with milk'), post('c', 'green tea with honey and lemon'));
        expect((await find('tea -milk')).toSorted()).toEqual(['a', 'c']);
        expect((await find('tea -"honey and"')).toSorted()).toEqual(['a', 'b']);
      });

      it('finds hashtags however they are written, as posts and as themselves', async () => {
        await put(post('a', 'sáng #CàPhê'), post('b', 'ca phe'), hashtag('càphê', 3));
        expect(await find('#caphe')).toEqual(['càphê', 'a']);
        expect((await find('caphe')).toSorted()).toEqual(['a', 'càphê']);
      });

      it('finds emoji, mentions and numbers', async () => {
        await put(post('a', 'yum 🍜🍜'), post('b', 'hello @anna_b'), post('c', 'route 66'));
        expect(await find('🍜')).toEqual(['a']);
        expect(await find('@anna_b')).toEqual(['b']);
        expect(await find('66')).toEqual(['c']);
      });

      it('finds words with signs that mean something to an engine', async () => {
        await put(post('a', String.raw`o'neil \ back & forth | or ! not : colon * star <-> (x)`));
        expect(await find(String.raw`o'neil`)).toEqual(['a']);
        expect(await find(String.raw`back\forth`)).toEqual(['a']);
        expect(await find('star:*')).toEqual(['a']);
      });
    });

    describe('the order', () => {
      it('puts who is called exactly so first, then beginnings of names', async () => {
        await put(post('p', 'binh binh binh'), person(BINH, 'binh', 'Bình An'), person(CHEN, 'binh_tran', 'Trần Bình', 12));
        expect(await find('binh')).toEqual([BINH, ...(await find('binh')).slice(1)]);
        expect((await find('@binh'))[0]).toBe(BINH);
        expect(await find('bin')).toEqual([CHEN, BINH]);
        expect((await find('tran binh'))[0]).toBe(CHEN);
      });

      it('is by words that stand close, by attention and by youth', async () => {
        await put(post('near', 'green tea'), post('far', 'green hills, and much later in this note somebody pours tea'));
        expect(await find('green tea')).toEqual(['near', 'far']);
        await put(post('liked', 'lotus flower', { weight: 8 }), post('not', 'lotus flower'));
        expect(await find('lotus')).toEqual(['liked', 'not']);
        await put(post('old', 'a bicycle', { createdAt: daysAgo(400) }), post('young', 'a bicycle'));
        expect(await find('bicycle')).toEqual(['young', 'old']);
      });

      it('follows a new weight', async () => {
        await put(post('a', 'lotus'), post('b', 'lotus'));
        await index.weigh([{ kind: 'POST', id: 'a', weight: 9 }]);
        expect(await find('lotus')).toEqual(['a', 'b']);
        await index.weigh([
          { kind: 'POST', id: 'a', weight: 0 },
          { kind: 'POST', id: 'b', weight: 9 },
          { kind: 'POST', id: 'nobody', weight: 3 },
        ]);
        expect(await find('lotus')).toEqual(['b', 'a']);
      });

      it.each(['lotus', ''])('goes on after any hit, without gaps or repeats, for %j', async (query) => {
        await put(
          ...Array.from({ length: 23 }, (_, n) =>
            post(`p${String(n).padStart(2, '0')}`, 'a lotus', { createdAt: daysAgo(n % 4), weight: n % 3 }),
          ),
          ...(query === '' ? [] : [person(BINH, 'lotus', 'Lotus'), hashtag('lotus')]),
        );
        const whole = await index.query(asked(query));
        const paged: IndexHit[] = [];
        for (let after: IndexHit | null = null; ;) {
          const page: readonly IndexHit[] = await index.query(asked(query, { after, limit: 4 }));
          paged.push(...page);
          if (page.length < 4) break;
          after = page.at(-1) ?? null;
        }
        expect(paged).toEqual(whole);
        expect(new Set(ids(whole)).size).toBe(query === '' ? 23 : 25);
      });
    });

    describe('filters', () => {
      beforeEach(() =>
        put(
          post('a', 'tea one', { authorId: ANNA, language: 'en', traits: ['has:media', 'has:photo'], createdAt: daysAgo(1) }),
          post('b', 'tea two', { authorId: BINH, language: 'vi', traits: ['has:link'], createdAt: daysAgo(2) }),
          post('c', 'tea three', { authorId: CHEN, traits: ['is:edited', 'has:media'], createdAt: daysAgo(3) }),
          person(ANNA, 'tea', 'Tea'),
        ),
      );
      const filters: readonly (readonly [string, Partial<IndexQuery>, readonly string[]])[] = [
        ['authors', { authorIds: [ANNA, BINH] }, ['a', 'b']],
        ['no authors', { authorIds: [] }, []],
        ['not authors', { notAuthorIds: [ANNA] }, ['b', 'c']],
        ['languages', { languages: ['en', 'vi'] }, ['a', 'b']],
        ['not languages', { notLanguages: ['en'] }, ['b', 'c']],
        ['traits, all of them', { traits: ['has:media', 'has:photo'] }, ['a']],
        ['not traits, none of them', { notTraits: ['has:photo', 'is:edited'] }, ['b']],
        ['a day and what comes later', { since: daysAgo(2) }, ['a', 'b']],
        ['what was before', { before: daysAgo(2) }, ['c']],
      ];
      it.each(filters)('take %s', async (_name, filter, expected) => {
        expect((await find('tea', { ...filter, kinds: ['POST'] })).toSorted()).toEqual(expected);
        expect(await find('', { ...filter, kinds: ['POST'] })).toEqual(expected);
      });
      it('take kinds', async () => {
        expect(await find('tea', { kinds: ['USER'] })).toEqual([ANNA]);
        expect(await find('tea', { kinds: ['HASHTAG', 'PRODUCT'] })).toEqual([]);
      });
      it('alone give posts, the newest first, less what is not wanted', async () => {
        expect(await find('')).toEqual(['a', 'b', 'c']);
        expect(await find('-two')).toEqual(['a', 'c']);
      });
    });

    describe('what is not public', () => {
      it('is found only with its author named, in results with words and without', async () => {
        await put(post('open', 'tea', { authorId: BINH }), post('closed', 'tea', { authorId: BINH, isPublic: false }));
        for (const query of ['tea', '']) {
          expect(await find(query)).toEqual(['open']);
          expect(await find(query, { readsAlsoBy: [CHEN] })).toEqual(['open']);
          expect((await find(query, { readsAlsoBy: [CHEN, BINH] })).toSorted()).toEqual(['closed', 'open']);
        }
      });
    });

    describe('changes', () => {
      it('replace what was there', async () => {
        await put(post('a', 'tea'));
        await put(post('a', 'coffee'));
        expect(await find('tea')).toEqual([]);
        expect(await find('coffee')).toEqual(['a']);
      });

      it('take effect by version, whatever the order', async () => {
        await index.apply(versioned(5_000, [post('a', 'newer')]));
        await index.apply(versioned(4_000, [post('a', 'older')]));
        await index.apply([{ version: 4_500, gone: { kind: 'POST', id: 'a' } }]);
        expect(await find('newer')).toEqual(['a']);
        await index.apply([{ version: 6_000, gone: { kind: 'POST', id: 'a' } }]);
        await index.apply(versioned(5_500, [post('a', 'late')]));
        expect(await find('late')).toEqual([]);
        await index.apply(versioned(7_000, [post('a', 'back')]));
        expect(await find('back')).toEqual(['a']);
      });

      it('of one document in one slice: the highest version', async () => {
        await index.apply([...versioned(9_002, [post('a', 'second')]), ...versioned(9_001, [post('a', 'first')])]);
        expect(await find('second')).toEqual(['a']);
        expect(await find('first')).toEqual([]);
      });

      it('take names out of suggestions', async () => {
        await put(person(BINH, 'binh', 'Bình An'));
        await put(person(BINH, 'an_binh', 'An'));
        expect(await suggested('bin')).toEqual(['@an_binh']);
        await index.apply([{ version: (version += 1), gone: { kind: 'USER', id: BINH } }]);
        expect(await suggested('an')).toEqual([]);
      });
    });

    describe('suggestions', () => {
      beforeEach(() =>
        put(
          person(ANNA, 'anna', 'Anna Nguyễn', 1),
          person(BINH, 'binh_ng', 'Nguyễn Văn Bình', 6),
          person(CHEN, 'chen', '陈晓明'),
          hashtag('nghệthuật', 9),
          hashtag('ngon'),
        ),
      );
      it('are of names that begin so, and of the words in them, the weightiest first', async () => {
        expect(await suggested('ng')).toEqual(['#nghệthuật', '@binh_ng', '@anna', '#ngon']);
        expect(await suggested('NGUYỄN V')).toEqual(['@binh_ng']);
        expect(await suggested('晓明')).toEqual(['@chen']);
        expect(await suggested('zzz')).toEqual([]);
        expect(await suggested('  ')).toEqual([]);
      });
      it('begin with who is near, and before them with who is called so', async () => {
        expect((await suggested('ng', [ANNA]))[0]).toBe('@anna');
        expect((await suggested('chen', [ANNA]))[0]).toBe('@chen');
      });
      it('forgive a slip', async () => expect(await suggested('nguyem')).toEqual(expect.arrayContaining(['@anna', '@binh_ng'])));
      it('are at most so many', async () => expect(await suggested('ng', [], 2)).toHaveLength(2));
      it('take kinds', async () => {
        const found = await index.suggest({ prefix: 'ng', kinds: ['USER'], near: [], limit: 10 });
        expect(found.map(({ kind, id }) => [kind, id])).toEqual([
          ['USER', BINH],
          ['USER', ANNA],
        ]);
      });
    });

    describe('a build beside the running index', () => {
      it('answers when it is finished, with what changed meanwhile', async () => {
        await put(post('stale', 'tea'), post('kept', 'tea'), post('removed', 'tea'));
        const snapshotVersion = (version += 1);
        const build = await index.beginBuild();
        await index.apply(versioned((version += 1), [post('new', 'tea')]));
        await index.apply([{ version: (version += 1), gone: { kind: 'POST', id: 'removed' } }]);
        await build.apply(
          versioned(snapshotVersion, [post('kept', 'tea'), post('removed', 'tea'), post('new', 'tea, as it was'), post('missed', 'tea')]),
        );
        expect((await find('tea')).toSorted()).toEqual(['kept', 'new', 'stale']);
        await build.finish();
        expect((await find('tea')).toSorted()).toEqual(['kept', 'missed', 'new']);
        expect(await find('was')).toEqual([]);
        await put(post('after', 'tea'));
        expect(await find('tea')).toHaveLength(4);
      });

      it('leaves nothing when it is abandoned, or when another one begins', async () => {
        await put(person(BINH, 'binh', 'Bình'));
        const first = await index.beginBuild();
        await first.apply(versioned(1, [post('x', 'tea'), person(CHEN, 'chen', 'Chen')]));
        await first.abandon();
        expect([await find('tea'), await suggested('che'), await suggested('bin')]).toEqual([[], [], ['@binh']]);
        const second = await index.beginBuild();
        const third = await index.beginBuild();
        await expect(second.finish()).rejects.toThrow();
        await third.finish();
        expect([await find('binh'), await suggested('bin')]).toEqual([[], []]);
      });
    });
  });
}

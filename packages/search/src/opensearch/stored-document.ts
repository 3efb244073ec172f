import { createHash } from 'node:crypto';
import { analyse } from '../analysis.js';
import { nameOf } from '../conditions.js';
import { beginningsOf } from '../document-terms.js';
import type { DocumentKind, IndexChange, IndexDocument } from '../search-index.js';
import { BEGINNING, BESIDE, GAP, type TermField } from './layout.js';

/** Kinds as they are stored and ordered, the order of PostgreSQL's search_kind. What is gone has none. */
export const KINDS = ['POST', 'USER', 'HASHTAG', 'PRODUCT'] as const satisfies readonly DocumentKind[];

/** Longer terms are left out, as in PostgreSQL; so long at most is a beginning. */
const MAX_TERM = 400;
export const MAX_BEGINNING = 60;
/** OpenSearch takes ids of at most 512 bytes. */
const MAX_ID_BYTES = 500;

/** The name of a document in its index. */
export function storedId({ kind, id }: { readonly kind: DocumentKind; readonly id: string }): string {
  const whole = `${kind}:${id}`;
  return Buffer.byteLength(whole) <= MAX_ID_BYTES ? whole : `${kind}:${createHash('sha256').update(id).digest('hex')}`;
}

/** A term as it stands in a field: nothing in it parts places or terms. */
export const storedTerm = (term: string): string => term.replaceAll(/[\s\p{Cc}|]/gu, '_');

/** Half a character is none. */
export const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');

/** What is stored of a change; of what is gone nothing, so that only its version is there. */
export function storedDocument(change: IndexChange): Readonly<Record<string, unknown>> {
  if ('gone' in change) return {};
  const { kind, id, authorId, isPublic, language, createdAt, traits, weight, names, label } = change.document;
  const called = names.map((name) => wellFormed(nameOf(name)));
  return {
    kind: KINDS.indexOf(kind),
    id,
    ...(authorId === null ? {} : { authorId }),
    isPublic,
    ...(language === null ? {} : { language }),
    createdAt: createdAt.getTime(),
    traits,
    weight,
    ...(called[0] === undefined ? {} : { called: called[0], names: called }),
    ...(label === null
      ? {}
      : { label: wellFormed(label), labelLength: [...label].length, beginnings: beginningsOf(change.document).map(wellFormed) }),
    ...termFields(change.document),
  };
}

function termFields({ kind, fields }: IndexDocument): Partial<Record<TermField, readonly string[]>> {
  const isNamed = kind !== 'POST';
  const of = (isAside: boolean): readonly string[] =>
    fields
      .flatMap(({ text, importance }) => ((importance === 'ASIDE') === isAside ? [placed(text, isNamed)] : []))
      .filter((text) => text !== '');
  return isNamed ? { name: of(false), about: of(true) } : { text: of(false), aside: of(true) };
}

/** The terms of a text by their places. With `withBeginnings` each also by what it begins with. */
function placed(text: string, withBeginnings: boolean): string {
  const places: Set<string>[] = [];
  for (const { kind, term, exact, position } of analyse(text)) {
    while (places.length < position) places.push(new Set());
    const here = places[position - 1];
    for (const one of [term, exact]) if (one.length <= MAX_TERM) here?.add(storedTerm(one));
    if (withBeginnings && kind !== 'SEGMENT' && term.length <= MAX_TERM)
      for (const beginning of beginningsOfTerm(term)) here?.add(beginning);
  }
  return places.map((terms) => (terms.size === 0 ? GAP : [...terms].join(BESIDE))).join(' ');
}

/** `^a`, `^an`, `^ann` … of `anna`. */
function beginningsOfTerm(term: string): readonly string[] {
  const found: string[] = [];
  let beginning = '';
  for (const character of storedTerm(term)) {
    beginning += character;
    if (beginning.length > MAX_BEGINNING) break;
    found.push(BEGINNING + beginning);
  }
  return found;
}

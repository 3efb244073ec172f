import type { Condition } from './conditions.js';
import type { Trait } from './query-language.js';

export type DocumentKind = 'POST' | 'USER' | 'HASHTAG' | 'PRODUCT';

/** NAME: what a thing is called. TEXT: what it says. ASIDE: what stands beside it, such as the description of a picture. */
export type Importance = 'NAME' | 'TEXT' | 'ASIDE';

export interface DocumentField {
  readonly text: string;
  readonly importance: Importance;
}

/** What an index knows of a thing. Texts are taken apart for finding; only `label` is kept as it is. */
export interface IndexDocument {
  readonly kind: DocumentKind;
  /** Unique within the kind. */
  readonly id: string;
  /** Whose it is: of a post its author, of a person themselves. Null: nobody's. */
  readonly authorId: string | null;
  /** Whether everybody may find it. What is not is found by its author, and by whom a query says to read with. */
  readonly isPublic: boolean;
  /** Primary subtag in lower case. */
  readonly language: string | null;
  readonly createdAt: Date;
  readonly traits: readonly Trait[];
  readonly fields: readonly DocumentField[];
  /** What it is called, the most proper first (a handle, then a display name): for exact matches and suggestions. Empty: never suggested. */
  readonly names: readonly string[];
  /** What a suggestion of it says; null with no names. */
  readonly label: string | null;
  /** How much of the public's attention it has, as {@link weightOf} it. */
  readonly weight: number;
}

/**
 * A document is there or gone, as of `version`. For each document a higher version wins, whatever the order of arrival; the same version again
 * changes nothing.
 */
export type IndexChange =
  | { readonly version: number; readonly document: IndexDocument }
  | { readonly version: number; readonly gone: { readonly kind: DocumentKind; readonly id: string } };

/** A new weight of a document that may be there; without a version, the last one counts. */
export interface Weighing {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly weight: number;
}

/** Where a page of results goes on: after this one. */
export interface ResultPosition {
  readonly rank: number;
  readonly kind: DocumentKind;
  readonly id: string;
}

/** What is to be found. With no `must` the newest posts come first, otherwise the most relevant. */
export interface IndexQuery {
  readonly must: readonly Condition[];
  readonly mustNot: readonly Condition[];
  /** The words of the query as one name, folded; null when there is none. */
  readonly name: string | null;
  /** Null: all kinds. */
  readonly kinds: readonly DocumentKind[] | null;
  /** Null: anybody's. */
  readonly authorIds: readonly string[] | null;
  readonly notAuthorIds: readonly string[];
  readonly languages: readonly string[] | null;
  readonly notLanguages: readonly string[];
  readonly traits: readonly Trait[];
  readonly notTraits: readonly Trait[];
  readonly since: Date | null;
  readonly before: Date | null;
  /** Who finds what is not public of these authors; empty for a guest. The owner is asked again for each result. */
  readonly readsAlsoBy: readonly string[];
  /** Relevance fades with age as of this moment: the same one for all pages of a result. */
  readonly asOf: Date;
  readonly after: ResultPosition | null;
  readonly limit: number;
}

export interface IndexHit extends ResultPosition {
  readonly authorId: string | null;
  /** Higher is more relevant; comparable within one result. */
  readonly score: number;
}

export interface SuggestQuery {
  /** As it was typed. */
  readonly prefix: string;
  /** Null: all kinds. */
  readonly kinds: readonly DocumentKind[] | null;
  /** Ids of documents that come first among those that match. */
  readonly near: readonly string[];
  readonly limit: number;
}

export interface IndexSuggestion {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly authorId: string | null;
  readonly label: string;
}

/** An index that is being built beside the one that answers. */
export interface IndexBuild {
  /** Changes of the new index only. */
  apply(changes: readonly IndexChange[]): Promise<void>;
  /** From now on the new index answers; the old one is gone. */
  finish(): Promise<void>;
  /** As if it had never begun. */
  abandon(): Promise<void>;
}

/**
 * Finds things by what they say and are called. One contract (contract.suite.ts) for every engine behind it. It knows of visibility only what makes
 * results cheap; whoever asks checks each one with its owner.
 */
export interface SearchIndex {
  /** Names the index that answers: another one, rebuilt, restored or elsewhere, has another name. Null: there is none, and queries are UNAVAILABLE. */
  identity(): Promise<string | null>;
  /** Takes changes on, also into an index that is being built. Found from the answer on. Slices of at most some hundreds. */
  apply(changes: readonly IndexChange[]): Promise<void>;
  weigh(weighings: readonly Weighing[]): Promise<void>;
  /** In the order of (rank, id), the highest first. */
  query(query: IndexQuery): Promise<readonly IndexHit[]>;
  suggest(query: SuggestQuery): Promise<readonly IndexSuggestion[]>;
  /** Ends a build that nobody finished. */
  beginBuild(): Promise<IndexBuild>;
}

/** Attention on a scale on which each step is twice as much: 0 for none, 20 at most. */
export const weightOf = (attention: number): number => Math.min(20, Math.floor(Math.log2(1 + Math.max(0, attention))));

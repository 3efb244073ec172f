import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { linkSubject } from './link.policy.js';
import type { TrendKind } from './trend.policy.js';

const PREFIX = { POST: 'post', PRODUCT: 'product', USER: 'user' } as const;

/** A subject as clients see it. */
export const nameOf = (kind: TrendKind, subject: string): string =>
  kind === 'HASHTAG' || kind === 'LINK' ? subject : toTypeId(PREFIX[kind], subject);

/** What a client means by a name; null for what can be none. */
export function subjectOf(kind: TrendKind, name: string): string | null {
  if (kind === 'LINK') return linkSubject(name);
  if (kind === 'HASHTAG') return name.normalize('NFKC').replace(/^#/, '').toLowerCase().normalize('NFKC');
  return fromTypeId(PREFIX[kind], name);
}

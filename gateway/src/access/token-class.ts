import type { Asker } from '../identity/identify.js';

/** Who asks, by the token that they show. */
export type TokenClass = 'guest' | 'person' | 'operator' | 'delegated' | 'app';

/** What holds for a class. */
export interface ClassRules {
  /** `trusted`: where the safelist is on, only the graph's own documents. */
  readonly documents: 'any' | 'trusted';
  /** Which schema they ask and see. */
  readonly contract: 'whole' | 'public';
  /** Of which budget one operation may take, and whose requests are counted together: see Limits. */
  readonly budget: 'own' | 'apps';
  /** Whether lines may stay open for them. */
  readonly sockets: boolean;
}

/** Whatever tells the classes apart at the gateway stands here. */
export const CLASS_RULES: Readonly<Record<TokenClass, ClassRules>> = {
  /** No token. */
  guest: { documents: 'trusted', contract: 'whole', budget: 'own', sockets: true },
  /** Somebody by one of Plaza's own clients. */
  person: { documents: 'trusted', contract: 'whole', budget: 'own', sockets: true },
  /** Whoever runs this Plaza tries things out. */
  operator: { documents: 'any', contract: 'whole', budget: 'own', sockets: true },
  /** Somebody else's app, in the place of a person who let it. */
  delegated: { documents: 'any', contract: 'public', budget: 'apps', sockets: true },
  /** Somebody else's app in its own name: it sees what a guest sees. */
  app: { documents: 'any', contract: 'public', budget: 'apps', sockets: false },
};

const OPERATOR = 'plaza:operator';

export function tokenClass({ identity, app }: Asker): TokenClass {
  if (app !== null) return identity === null ? 'app' : 'delegated';
  if (identity === null) return 'guest';
  return identity.scopes.includes(OPERATOR) ? 'operator' : 'person';
}

export const rulesOf = (asker: Asker): ClassRules => CLASS_RULES[tokenClass(asker)];

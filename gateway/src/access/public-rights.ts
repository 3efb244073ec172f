import type { PublicContract } from './public-contract.js';
import type { Access, Denial, PolicyTable, Rights } from './policy-table.js';

/** The rights of apps: what the graph asks of everybody, and the scopes that its public contract asks of them besides. */
export class PublicRights implements Rights {
  readonly #policies: PolicyTable;
  readonly #contract: PublicContract;

  constructor(policies: PolicyTable, contract: PublicContract) {
    this.#policies = policies;
    this.#contract = contract;
  }

  denial(typeName: string, fieldName: string, access: Access): Denial | null {
    const ofEverybody = this.#policies.denial(typeName, fieldName, access?.isApp === true ? null : access);
    if (ofEverybody !== null) return ofEverybody;
    const wanted = this.#contract.scopes.get(`${typeName}.${fieldName}`) ?? [];
    return wanted.every((scope) => access?.scopes.includes(scope) === true) ? null : 'INSUFFICIENT_SCOPE';
  }

  audience(access: Access): string {
    return `${access?.isApp === true ? 'app' : 'person'} ${(access?.scopes ?? []).toSorted().join(' ')}`;
  }
}

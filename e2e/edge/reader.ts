import { trusted } from '../story/documents.js';

/** What the edge did for an answer: the words of RFC 9211 that say so. */
export type Way = 'hit' | 'revalidated' | 'asked' | 'passed';

/** An answer to somebody who reads. */
export interface Read {
  readonly status: number;
  readonly way: Way;
  readonly body: Buffer;
  readonly headers: Headers;
  /** When it was asked for. */
  readonly at: number;
}

/** How many answers of one kind came by which way. */
export class Share {
  readonly #ways = new Map<Way, number>();

  count({ way }: Read): void {
    this.#ways.set(way, (this.#ways.get(way) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#ways.values()].reduce((sum, one) => sum + one, 0);
  }

  /** Of those that no word of the origin was needed for, in percent. */
  get hitPercent(): number {
    return this.total === 0 ? 0 : (100 * (this.#ways.get('hit') ?? 0)) / this.total;
  }

  toString(): string {
    const ways = [...this.#ways].map(([way, count]) => `${way} ${String(count)}`).join(', ');
    return `${this.hitPercent.toFixed(1)} % of ${String(this.total)} (${ways})`;
  }
}

/** By GET. */
export async function read(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Read> {
  const at = performance.now();
  const response = await fetch(url, { headers });
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, way: wayOf(response.headers.get('cache-status') ?? ''), body, headers: response.headers, at };
}

/** A page by GET, as a client with the graph's own documents asks for it; with a token as its owner. */
export function readPage(graphql: string, name: string, variables: Readonly<Record<string, unknown>>, token?: string): Promise<Read> {
  const query = new URLSearchParams({ documentId: trusted(name).id, variables: JSON.stringify(variables) });
  const person = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return read(`${graphql}?${query.toString()}`, { 'apollo-require-preflight': '1', ...person });
}

function wayOf(status: string): Way {
  if (status.includes('fwd-status=304')) return 'revalidated';
  if (status.includes('; hit')) return 'hit';
  return status.includes('fwd=bypass') ? 'passed' : 'asked';
}

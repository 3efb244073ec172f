/** Where a page of one owner's list begins. */
export interface Ask<Position> {
  readonly ownerId: string;
  readonly after: Position | null;
}

/** A page from which the hidden were dropped and which is full all the same. */
export interface FullPage<Row, Position> {
  readonly items: readonly Row[];
  readonly hasNextPage: boolean;
  /** Where the next page begins; null on an empty last page. */
  readonly end: Position | null;
}

/** How a list is read and what of it the viewer may see. */
export interface Listing<Row, Position> {
  /** Reads up to `limit` rows an owner, each owner's in the list's order, in one statement. */
  readonly read: (asks: readonly Ask<Position>[], limit: number) => Promise<readonly Row[]>;
  readonly ownerOf: (row: Row) => string;
  readonly positionOf: (row: Row) => Position;
  /** Those of the rows that the viewer may see, in their order. */
  readonly keep: (rows: readonly Row[]) => Promise<readonly Row[]>;
}

/** So many more than asked for are read at once: with fewer hidden ones than that a page takes one statement. */
const SLACK = 5;
/** Then rows are read in greater steps, up to some 1,600; a page that is not full by then tells where to go on. */
const MAX_ROUNDS = 5;
const MAX_LIMIT = 500;

interface Progress<Row, Position> {
  readonly kept: Row[];
  after: Position | null;
  exhausted: boolean;
}

/** The pages of many owners at once. The number of statements depends neither on the number of owners nor on `first`. */
export async function fullPages<Row, Position>(
  ownerIds: readonly string[],
  { first, after }: { readonly first: number; readonly after: Position | null },
  { read, ownerOf, positionOf, keep }: Listing<Row, Position>,
): Promise<FullPage<Row, Position>[]> {
  const all = new Map<string, Progress<Row, Position>>(ownerIds.map((id) => [id, { kept: [], after, exhausted: false }]));
  let limit = first + 1 + SLACK;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const pending = [...all].filter(([, { kept, exhausted }]) => !exhausted && kept.length <= first);
    if (pending.length === 0) break;
    const rows = await read(
      pending.map(([ownerId, progress]) => ({ ownerId, after: progress.after })),
      limit,
    );
    const visible = new Set(await keep(rows));
    const byOwner = new Map<string, Row[]>(pending.map(([ownerId]) => [ownerId, []]));
    for (const row of rows) byOwner.get(ownerOf(row))?.push(row);
    for (const [ownerId, progress] of pending) {
      const own = byOwner.get(ownerId) ?? [];
      const last = own.at(-1);
      progress.kept.push(...own.filter((row) => visible.has(row)));
      progress.exhausted = own.length < limit;
      if (last !== undefined) progress.after = positionOf(last);
    }
    limit = Math.min(limit * 4, MAX_LIMIT);
  }
  return ownerIds.map((id) => cut(all.get(id), first, positionOf));
}

function cut<Row, Position>(
  progress: Progress<Row, Position> | undefined,
  first: number,
  positionOf: (row: Row) => Position,
): FullPage<Row, Position> {
  if (progress === undefined) return { items: [], hasNextPage: false, end: null };
  const { kept, exhausted, after } = progress;
  const items = kept.slice(0, first);
  const last = items.at(-1);
  const isFull = kept.length > first || exhausted;
  return { items, hasNextPage: kept.length > first || !exhausted, end: isFull ? (last === undefined ? null : positionOf(last)) : after };
}

/** A page as a Relay connection; `seal` makes a cursor of a position, `edge` what stands beside it. */
export function connection<Row, Position, Edge>(
  page: FullPage<Row, Position>,
  positionOf: (row: Row) => Position,
  seal: (position: Position) => string,
  edge: (row: Row) => Edge,
) {
  const edges = page.items.map((row) => ({ cursor: seal(positionOf(row)), ...edge(row) }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: page.end === null ? null : seal(page.end),
      hasNextPage: page.hasNextPage,
      hasPreviousPage: false,
    },
  };
}

/** The ids of the dataset are counted: whoever knows the number knows the id, in SQL (draws.sql.ts) and here. */
const KINDS = {
  user: '01900000',
  post: '01910000',
  media: '01920000',
  avatar: '01930000',
  comment: '01940000',
  follow: '01950000',
  repost: '01960000',
} as const;

export const idOf = (kind: keyof typeof KINDS, n: number): string => `${KINDS[kind]}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The same as an expression of SQL, for a column or expression `n`. */
export const sqlId = (kind: keyof typeof KINDS, n: string): string =>
  `('${KINDS[kind]}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** The number of an id that {@link idOf} made. */
export const numberOf = (id: string): number => Number.parseInt(id.slice(-12), 16);

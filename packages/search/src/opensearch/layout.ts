/**
 * How an index is laid out. Its texts come as terms that were taken apart in analysis.ts: places with spaces between them, the terms of one place
 * with {@link BESIDE} between them, {@link GAP} where a place has none.
 */
export const BESIDE = '|';
export const GAP = '-';
/** Before the beginnings of a term in a name; no term begins so. */
export const BEGINNING = '^';

/** A field of terms, with how much a word in it counts. Weights are those of PostgresIndex. */
const TERM_FIELDS = { text: 0.7, aside: 0.4, name: 1, about: 0.2 } as const;
export type TermField = keyof typeof TERM_FIELDS;

/** No phrase goes from one text of a thing into the next. */
const BETWEEN_TEXTS = 10;

/**
 * How often and how closely the words stand, from 0 to 1: what ts_rank_cd of PostgreSQL says with the same weights. It looks at nothing but the
 * document, so that a result has one order on every shard and every replica, and from page to page.
 */
const density = (weight: number): string =>
  `double often = ${weight.toFixed(1)} * doc.freq / Math.log(doc.length + 1.0); return query.boost * often / (often + 1.0);`;

const keyword = { type: 'keyword' } as const;

/** The template of the indexes of one Plaza: `<name>-*`. */
export function templateOf(name: string): object {
  const fields = Object.entries(TERM_FIELDS);
  return {
    index_patterns: [`${name}-*`],
    template: {
      settings: {
        index: {
          number_of_shards: 1,
          auto_expand_replicas: '0-1',
          // Who changes something asks for it to be found.
          refresh_interval: '30s',
        },
        analysis: {
          tokenizer: { places: { type: 'whitespace', max_token_length: 1_048_576 } },
          filter: {
            terms: { type: 'pattern_capture', preserve_original: false, patterns: [`([^${BESIDE}]+)`] },
            gaps: { type: 'stop', stopwords: [GAP] },
          },
          analyzer: {
            placed: { type: 'custom', tokenizer: 'places', filter: ['terms', 'gaps'] },
            asked: { type: 'custom', tokenizer: 'places' },
          },
        },
        similarity: Object.fromEntries(fields.map(([field, weight]) => [field, { type: 'scripted', script: { source: density(weight) } }])),
      },
      mappings: {
        dynamic: 'strict',
        properties: {
          kind: { type: 'byte' },
          id: keyword,
          authorId: keyword,
          isPublic: { type: 'boolean' },
          language: keyword,
          createdAt: { type: 'date', format: 'epoch_millis' },
          traits: keyword,
          weight: { type: 'byte' },
          called: keyword,
          names: keyword,
          beginnings: keyword,
          label: keyword,
          labelLength: { type: 'short' },
          ...Object.fromEntries(
            fields.map(([field]) => [
              field,
              {
                type: 'text',
                analyzer: 'placed',
                search_analyzer: 'asked',
                similarity: field,
                position_increment_gap: BETWEEN_TEXTS,
              },
            ]),
          ),
        },
      },
    },
  };
}

import { createHash } from 'node:crypto';
import type { ClientBase, Pool, QueryResultRow } from 'pg';

/**
 * Hand-written SQL with bound values: ``sql<Row>`SELECT … WHERE id = ANY(${ids})` ``. Each text is prepared once a connection. Columns come as
 * Postgres names them: alias them to the row's field names (`author_id AS "authorId"`). bigint columns arrive as numbers (safe up to 2^53).
 * A {@link sqlText} in a hole stands there as text.
 */
export type Sql = <Row extends QueryResultRow = QueryResultRow>(
  text: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

/** A piece of SQL that several statements share, such as a list of columns: text of the program, never of a request. */
export class SqlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** ``const COLUMNS = sqlText`id, author_id AS "authorId"` ``, then ``sql<Row>`SELECT ${COLUMNS} FROM …` ``. It takes no values. */
export const sqlText = (template: TemplateStringsArray): SqlText => new SqlText(template.join(''));

interface Statement {
  readonly name: string;
  readonly text: string;
  /** What stood in the holes that are no values. */
  readonly shared: readonly SqlText[];
}

const statements = new WeakMap<TemplateStringsArray, Statement>();

/** A template's text with what it shares and `$n` in the other holes, and the name under which it is prepared. */
function statement(template: TemplateStringsArray, holes: readonly unknown[]): Statement {
  const known = statements.get(template);
  const shared = holes.filter((hole) => hole instanceof SqlText);
  if (known?.shared.length === shared.length && known.shared.every((one, index) => one === shared[index])) return known;
  let values = 0;
  const text = template.reduce((before, part, index) => {
    const hole = holes[index - 1];
    return hole instanceof SqlText ? `${before}${hole.text}${part}` : `${before}$${(values += 1)}${part}`;
  });
  const made = { name: createHash('sha1').update(text).digest('base64url'), text, shared };
  statements.set(template, made);
  return made;
}

/** SQL on a pool or on one connection of it. */
export function sqlOn(target: Pool | ClientBase): Sql {
  return async <Row extends QueryResultRow>(template: TemplateStringsArray, ...holes: readonly unknown[]) => {
    const { name, text } = statement(template, holes);
    const values = holes.filter((hole) => !(hole instanceof SqlText));
    const result = await target.query<Row>({ name, text, values });
    return result.rows;
  };
}

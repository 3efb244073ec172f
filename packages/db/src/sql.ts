import { createHash } from 'node:crypto';
import type { ClientBase, Pool, QueryResultRow } from 'pg';

/**
 * Hand-written SQL with bound values: ``sql<Row>`SELECT … WHERE id = ANY(${ids})` ``. Each text is prepared once a connection. Columns come as
 * Postgres names them: alias them to the row's field names (`author_id AS "authorId"`). bigint columns arrive as numbers (safe up to 2^53).
 */
export type Sql = <Row extends QueryResultRow = QueryResultRow>(
  text: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

const names = new WeakMap<TemplateStringsArray, { readonly name: string; readonly text: string }>();

/** A template's text with `$n` in the holes, and the name under which it is prepared. */
function statement(template: TemplateStringsArray): { readonly name: string; readonly text: string } {
  let known = names.get(template);
  if (known === undefined) {
    const text = template.reduce((before, part, index) => `${before}$${index}${part}`);
    known = { name: createHash('sha1').update(text).digest('base64url'), text };
    names.set(template, known);
  }
  return known;
}

/** SQL on a pool or on one connection of it. */
export function sqlOn(target: Pool | ClientBase): Sql {
  return async <Row extends QueryResultRow>(template: TemplateStringsArray, ...values: readonly unknown[]) => {
    const { name, text } = statement(template);
    const result = await target.query<Row>({ name, text, values: [...values] });
    return result.rows;
  };
}
